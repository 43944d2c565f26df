import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Conversion } from '../core/images/converter.ts';
import { ImageError } from '../core/images/problem.ts';
import type { LoadCodec } from './to-png.ts';

/** Compiles the codec of this file name. */
export const loadCodec: LoadCodec = async name =>
  WebAssembly.compile(await readFile(new URL(name, workerData as string)));

/** A conversion whose picture is here. */
interface Given extends Omit<Conversion, 'source'> {
  bytes: Uint8Array;
}

/** The other end of `core/images/converter.ts`: bytes in, what is made of them out. What a codec throws ends the worker, and so does a file that cannot be read. */
export function serve(
  convert: (given: Given) => Promise<{ answer: object; transfer: ArrayBufferLike }>,
): void {
  parentPort?.on('message', ({ source, ...rest }: Conversion) => {
    bytesOf(source)
      .then(bytes => convert({ bytes, ...rest }))
      .then(
        ({ answer, transfer }) =>
          parentPort?.postMessage(answer, transfer instanceof ArrayBuffer ? [transfer] : []), // else it is shared as it is
        (error: unknown) => {
          if (error instanceof ImageError) parentPort?.postMessage({ failure: error.failure });
          else
            queueMicrotask(() => {
              throw error;
            });
        },
      );
  });
}

async function bytesOf(source: Uint8Array | string): Promise<Uint8Array> {
  return typeof source === 'string' ? readFile(source) : source;
}
