import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { errorCode } from '../core/files.ts';
import type { Conversion } from '../core/pictures/converter.ts';
import type { Failure } from '../core/task.ts';
import { PictureProblem } from './problem.ts';
import type { LoadCodec } from './to-png.ts';

/** Compiles the codec of this file name. */
export const loadCodec: LoadCodec = async name => WebAssembly.compile(await readFile(new URL(name, workerData as string)));

/** A picture in the worker. */
export interface Given extends Omit<Conversion, 'source'> { bytes: Uint8Array }

/** The other end of `core/pictures/converter.ts`: bytes in, what is made of them out. What a codec throws ends the worker. */
export function serve(convert: (given: Given) => Promise<{ answer: object; transfer: ArrayBufferLike }>): void {
  parentPort?.on('message', ({ source, ...rest }: Conversion) => {
    bytesOf(source).then(bytes => convert({ bytes, ...rest })).then(
      ({ answer, transfer }) => parentPort?.postMessage(answer, transfer instanceof ArrayBuffer ? [transfer] : []), // else it is shared as it is
      (error: unknown) => {
        const failure = failureOf(error);
        if (failure) { parentPort?.postMessage({ failure }); } else { queueMicrotask(() => { throw error; }); }
      },
    );
  });
}

class Unread extends Error {}

async function bytesOf(source: Uint8Array | string): Promise<Uint8Array> {
  if (typeof source !== 'string') { return source; }
  return readFile(source).catch((cause: unknown) => { throw new Unread(errorCode(cause) ?? '', { cause }); });
}

function failureOf(error: unknown): Failure | undefined {
  if (error instanceof Unread) { return { kind: 'unexpected', detail: error.message }; }
  return error instanceof PictureProblem ? { kind: error.kind, ...error.message && { detail: error.message } } : undefined;
}
