import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Conversion } from '../core/pictures/converter.ts';
import { PictureProblem } from './problem.ts';
import type { LoadCodec } from './to-png.ts';

/** Compiles the codec of this file name. */
export const loadCodec: LoadCodec = async name => WebAssembly.compile(await readFile(new URL(name, workerData as string)));

/** The other end of `core/pictures/converter.ts`: bytes in, what is made of them out. What a codec throws ends the worker. */
export function serve(convert: (conversion: Conversion) => Promise<{ answer: object; transfer: ArrayBufferLike }>): void {
  parentPort?.on('message', (conversion: Conversion) => {
    convert(conversion).then(
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
