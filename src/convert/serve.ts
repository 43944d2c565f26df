import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { ImageError } from '../core/images/formats.ts';
import type { LoadCodec } from './codec.ts';

/** Compiles the codec of this file name. */
export const loadCodec: LoadCodec = async name =>
  WebAssembly.compile(await readFile(new URL(name, workerData as string)));

/** A picture, or the path of its file. */
interface Request {
  source: Uint8Array | string;
}

/**
 * The other end of `core/images/converter.ts`: converts bytes. An error of a codec ends the worker, and so does a file
 * that cannot be read.
 */
export function serve<Question extends Request>(
  convert: (
    question: Omit<Question, 'source'> & { bytes: Uint8Array },
  ) => Promise<{ answer: object; transfer: ArrayBufferLike[] }>,
): void {
  parentPort?.on('message', ({ source, ...rest }: Question) => {
    bytesOf(source)
      .then(bytes => convert({ bytes, ...rest }))
      .then(
        ({ answer, transfer }) =>
          parentPort?.postMessage(
            answer,
            transfer.filter(buffer => buffer instanceof ArrayBuffer), // other memory is shared as it is
          ),
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

async function bytesOf(source: Request['source']): Promise<Uint8Array> {
  return typeof source === 'string' ? readFile(source) : source;
}
