import { errorCode } from '../system/files.ts';
import type { Size } from '../request/models.ts';
import { JimengError } from '../service/failures/failures.ts';
import type { Failure } from '../service/failures/table.ts';
import { WorkerLost, WorkerPool } from '../system/worker-pool.ts';
import { readerIn } from './bytes.ts';
import { imageFormatOf } from './formats.ts';
import { sizeOf } from './inspect.ts';
import type { PictureSettings } from './settings.ts';

export interface ConverterOptions {
  /** The built conversion worker. */
  workerUrl: URL;
  /** The folder of the WebAssembly codecs, with a slash at the end. */
  codecs: URL;
}

/** Its size is as shown. */
export interface Png extends Size {
  png: Uint8Array;
}

/** What a worker is asked. */
export interface Conversion {
  /** A picture, or the path of its file, which the worker reads. */
  source: Uint8Array | string;
  /** Without them a picture says nothing of itself. */
  settings?: PictureSettings;
  /** It is a PNG of this size, and nothing of it is left to be checked. */
  checked?: Size | undefined;
}

/** What a worker answers; `src/convert/serve.ts` is the other end. */
type Converted<Result> = Result | { failure: Failure };

/** Why a worker that said nothing failed. */
const ENDED_EARLY = 'the conversion ended early';
/** Two conversions at a time: enough for two cores. */
const MAX_WORKERS = 2;
/** A picture of more pixels is converted alone: one of 4k takes some hundred MB while it is open. */
const LARGE_PICTURE_PIXELS = 8_000_000;

/** Turns pictures into something else, PNG unless said otherwise, in worker threads. */
export class Converter<Result extends object = Png> extends WorkerPool<
  Conversion,
  Converted<Result>
> {
  /** Questions are asked in their order, however long their headers are. */
  #planned: Promise<unknown> = Promise.resolve();

  constructor({ workerUrl, codecs }: ConverterOptions) {
    super(workerUrl, MAX_WORKERS, codecs.href);
  }

  /**
   * With settings the PNG holds them, and the mark of a picture that no camera took: they are written there, since this
   * thread would be held up by copying some MB. Throws JimengError (`pictureDamaged`, `pictureUnsupported`,
   * `pictureTooLarge`, `notAPicture`; `unexpected` where the worker itself is broken, or the file cannot be read) or the signal's reason.
   */
  async convert({ source, ...rest }: Conversion, signal?: AbortSignal): Promise<Result> {
    const places = this.#planned.then(() => placesOf(source));
    this.#planned = places;
    const converted = await this.ask({ source, ...rest }, signal, await places).catch(
      (error: unknown) => {
        throw error instanceof WorkerLost ? lost(error) : error;
      },
    );
    if ('failure' in converted) throw new JimengError(converted.failure);
    return converted;
  }
}

/** An error without a code was thrown by a codec, and the picture is to blame. */
function lost(error: WorkerLost): JimengError {
  const { cause } = error;
  const detail = cause === undefined ? ENDED_EARLY : errorCode(cause);
  return new JimengError(
    detail === undefined ? { kind: 'pictureDamaged' } : { kind: 'unexpected', detail },
    { cause: error },
  );
}

/** How many workers a picture counts for. A PNG is never large: its pixels are not held in memory. */
async function placesOf(source: Conversion['source']): Promise<number> {
  if (typeof source === 'string' || imageFormatOf(source) === 'png') return 1;
  const { width, height } = (await sizeOf(readerIn(source))) ?? { width: 0, height: 0 };
  return width * height > LARGE_PICTURE_PIXELS ? MAX_WORKERS : 1;
}

/** A picture for a page; width and height in pixels. */
export interface WebPicture extends Size {
  webp: Uint8Array;
}

/** The widths that pages are commonly laid out for, in pixels. */
export const WEB_WIDTHS: readonly number[] = [400, 800, 1200, 1600, 2000, 2400];

/** What the worker is asked that makes them. */
export interface WebConversion {
  source: Uint8Array;
  widths: readonly number[];
}

/**
 * The picture as WebP at these widths, made in a worker thread of its own, which a cancel ends at once. Throws the
 * signal's reason, and JimengError (`cannotShrink`) for what is damaged or of another format.
 */
export async function toWeb(
  source: Uint8Array,
  widths: readonly number[],
  { workerUrl, codecs }: ConverterOptions,
  signal?: AbortSignal,
): Promise<WebPicture[]> {
  const worker = new WorkerPool<WebConversion, Converted<{ pictures: WebPicture[] }>>(
    workerUrl,
    1,
    codecs.href,
  );
  try {
    const made = await worker.ask({ source, widths }, signal);
    if ('pictures' in made) return made.pictures;
    throw cannotShrink(made.failure.detail ?? made.failure.kind);
  } catch (error) {
    if (!(error instanceof WorkerLost)) throw error;
    const { cause } = error;
    throw cannotShrink(cause instanceof Error ? cause.message : ENDED_EARLY, error);
  } finally {
    await worker.dispose();
  }
}

function cannotShrink(detail: string, cause?: unknown): JimengError {
  return new JimengError({ kind: 'cannotShrink', detail }, { cause });
}
