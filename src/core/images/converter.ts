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

/** Its size is the displayed one. */
export interface Png extends Size {
  png: Uint8Array;
}

/** A request to a worker. */
export interface Conversion {
  /** A picture, or the path of its file for the worker to read. */
  source: Uint8Array | string;
  /** Without them the picture records nothing about itself. */
  settings?: PictureSettings;
  /** A PNG of this size that is already checked. */
  checked?: Size | undefined;
}

/** What a worker answers; `src/convert/serve.ts` is the other end. */
type Converted<Result> = Result | { failure: Failure };

/** The reason if a worker fails without a message. */
const ENDED_EARLY = 'the conversion ended early';
/** Two conversions at a time, which is enough for two cores. */
const MAX_WORKERS = 2;
/** A picture with more pixels is converted alone: a 4k one takes some hundred MB while it is decoded. */
const LARGE_PICTURE_PIXELS = 8_000_000;

/** Converts pictures in worker threads, to PNG by default. */
export class Converter<Result extends object = Png> extends WorkerPool<
  Conversion,
  Converted<Result>
> {
  /** Keeps requests in order, however long their headers take. */
  #planned: Promise<unknown> = Promise.resolve();

  constructor({ workerUrl, codecs }: ConverterOptions) {
    super(workerUrl, MAX_WORKERS, codecs.href);
  }

  /**
   * With settings, the PNG contains them and the mark of AI-generated pictures. The worker writes them, since copying
   * some MB would block this thread. Throws JimengError (`pictureDamaged`, `pictureUnsupported`, `pictureTooLarge`,
   * `notAPicture`; `unexpected` if the worker itself is broken or the file cannot be read) or the signal's reason.
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

/** A codec throws errors without a code; then the picture is at fault. */
function lost(error: WorkerLost): JimengError {
  const { cause } = error;
  const detail = cause === undefined ? ENDED_EARLY : errorCode(cause);
  return new JimengError(
    detail === undefined ? { kind: 'pictureDamaged' } : { kind: 'unexpected', detail },
    { cause: error },
  );
}

/** How many worker slots a picture takes. A PNG is never large, because its pixels are not kept in memory. */
async function placesOf(source: Conversion['source']): Promise<number> {
  if (typeof source === 'string' || imageFormatOf(source) === 'png') return 1;
  const { width, height } = (await sizeOf(readerIn(source))) ?? { width: 0, height: 0 };
  return width * height > LARGE_PICTURE_PIXELS ? MAX_WORKERS : 1;
}

/** A picture for a page; width and height in pixels. */
export interface WebPicture extends Size {
  webp: Uint8Array;
}

/** Common widths of page layouts, in pixels. */
export const WEB_WIDTHS: readonly number[] = [400, 800, 1200, 1600, 2000, 2400];

/** The request to the worker that makes them. */
export interface WebConversion {
  source: Uint8Array;
  widths: readonly number[];
}

/**
 * The picture as WebP at these widths, made in a separate worker thread that a cancel ends at once. Throws the signal's
 * reason, and JimengError (`cannotShrink`) if it is damaged or of another format.
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
