import { Worker } from 'node:worker_threads';
import { JimengError } from '../service/failures/failures.ts';
import type { Failure } from '../queue/task.ts';
import type { ConverterOptions } from './converter.ts';

/** A picture for a page; width and height in pixels. */
export interface WebPicture {
  webp: Uint8Array;
  width: number;
  height: number;
}

/** What the worker answers; `src/convert/web-worker.ts` is its other end. */
type Answer = { pictures: WebPicture[] } | { failure: Failure };

/** The widths that pages are commonly laid out for, in pixels. */
export const WEB_WIDTHS: readonly number[] = [400, 800, 1200, 1600, 2000, 2400];

/**
 * The picture as WebP at these widths, made in a worker thread of its own, which a cancel ends at once. Throws the
 * signal's reason, and JimengError (`cannotShrink`) for what is damaged or of another format.
 */
export async function toWeb(
  bytes: Uint8Array,
  widths: readonly number[],
  { workerUrl, codecs }: ConverterOptions,
  signal?: AbortSignal,
): Promise<WebPicture[]> {
  signal?.throwIfAborted();
  const worker = new Worker(workerUrl, {
    workerData: { codecs: codecs.href, bytes, widths },
    execArgv: [],
  });
  const { promise, resolve, reject } = Promise.withResolvers<WebPicture[]>();
  const fail = (detail: string, cause?: unknown) =>
    reject(new JimengError({ kind: 'cannotShrink', detail }, { cause }));
  worker.on('message', (answer: Answer) => {
    if ('pictures' in answer) resolve(answer.pictures);
    else fail(answer.failure.detail ?? answer.failure.kind);
  });
  worker.on('error', (error: unknown) =>
    fail(error instanceof Error ? error.message : String(error), error),
  ); // a codec trapped
  worker.on('exit', () => fail('the conversion ended early'));
  const abort = () => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
