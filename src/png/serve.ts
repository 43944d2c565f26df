import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PictureProblem } from './problem.ts';
import type { LoadCodec } from './to-png.ts';

/** Compiles the codec of this file name. */
export const loadCodec: LoadCodec = async name => WebAssembly.compile(await readFile(new URL(name, workerData as string)));

/** The other end of `core/pictures/converter.ts`: bytes in, what is made of them out. What a codec throws ends the worker. */
export function serve(convert: (bytes: Uint8Array, loadCodec: LoadCodec) => Promise<{ answer: object; transfer: ArrayBufferLike }>): void {
  parentPort?.on('message', (bytes: Uint8Array) => {
    convert(bytes, loadCodec).then(
      ({ answer, transfer }) => parentPort?.postMessage(answer, transfer instanceof ArrayBuffer ? [transfer] : []), // else it is shared as it is
      (error: unknown) => {
        if (error instanceof PictureProblem) {
          parentPort?.postMessage({ failure: { kind: error.kind, ...error.message && { detail: error.message } } });
        } else {
          queueMicrotask(() => { throw error; });
        }
      },
    );
  });
}
