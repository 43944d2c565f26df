import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { readFacts, type Facts } from './facts.ts';

/**
 * The worker of a pool that reads facts from files, by their paths. It uses synchronous calls: four asynchronous calls
 * take several times as long for each file, all of it on the calling thread.
 */
parentPort?.on('message', (paths: string[]) => {
  answer(paths).catch((error: unknown) =>
    queueMicrotask(() => {
      throw error;
    }),
  ); // ends the worker and rejects the request
});

async function answer(paths: readonly string[]): Promise<void> {
  const facts: (Facts | undefined)[] = [];
  for (const path of paths) facts.push(await factsAt(path));
  parentPort?.postMessage(facts);
}

/** Undefined if the file has gone or cannot be read. */
async function factsAt(path: string): Promise<Facts | undefined> {
  try {
    const file = openSync(path, 'r');
    try {
      return await readFacts((at, length) => {
        const bytes = Buffer.allocUnsafe(length);
        return bytes.subarray(0, readSync(file, bytes, 0, length, at));
      });
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
