import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { ImageError } from '../core/images/problem.ts';
import { toWebp } from './to-webp.ts';

/** The other end of `core/images/web.ts`: one picture in, its smaller ones out. */
const { codecs, bytes, widths } = workerData as {
  codecs: string;
  bytes: Uint8Array;
  widths: number[];
};
const loadCodec = async (name: string) =>
  WebAssembly.compile(await readFile(new URL(name, codecs)));

toWebp(bytes, widths, loadCodec).then(
  pictures =>
    parentPort?.postMessage(
      { pictures },
      pictures.map(({ webp }) => webp.buffer as ArrayBuffer),
    ),
  (error: unknown) => {
    if (!(error instanceof ImageError)) throw error;
    parentPort?.postMessage({
      failure: { kind: error.kind, ...(error.message && { detail: error.message }) },
    });
  },
);
