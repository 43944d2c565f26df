import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Conversion, Png } from '../core/pictures/converter.ts';
import { embed } from '../core/pictures/embed.ts';
import { loadFilter } from './filter.ts';
import { PictureProblem } from './problem.ts';
import { toPng } from './to-png.ts';
import { loadWebp } from './webp.ts';

/** The other end of `core/pictures/converter.ts`: bytes in, PNG out. What a codec throws ends the worker. */
const codecs = workerData as string;
const loadCodec = async (name: string) => WebAssembly.compile(await readFile(new URL(name, codecs)));

// While the picture is on its way. What cannot be loaded is told when it is needed.
Promise.all([loadFilter(loadCodec), loadWebp(loadCodec)]).catch(() => undefined);

async function convert({ bytes, settings }: Conversion): Promise<Png> {
  const { png, ...size } = await toPng(bytes, loadCodec);
  return { png: settings ? await embed(png, settings) : png, ...size };
}

parentPort?.on('message', (conversion: Conversion) => {
  convert(conversion).then(
    picture => parentPort?.postMessage(picture, picture.png.buffer instanceof ArrayBuffer ? [picture.png.buffer] : []), // else it is shared as it is
    (error: unknown) => {
      if (error instanceof PictureProblem) {
        parentPort?.postMessage({ failure: { kind: error.kind, ...error.message && { detail: error.message } } });
      } else {
        queueMicrotask(() => { throw error; });
      }
    },
  );
});
