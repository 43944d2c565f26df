import { errorCode } from '../system/files.ts';
import type { Size } from '../request/models.ts';
import { JimengError } from '../service/failures/failures.ts';
import type { Failure } from '../queue/task.ts';
import { WorkerLost, WorkerPool } from '../system/worker-pool.ts';
import { declaredPixels } from './pixel-count.ts';
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
  /** A picture, or the path of its file, which the worker reads by itself. */
  source: Uint8Array | string;
  /** Without them a picture says nothing of itself. */
  settings?: PictureSettings;
  /** It is a PNG of this size, and nothing of it is left to be checked. */
  checked?: Size | undefined;
}

/** What a worker answers; `src/convert/serve.ts` is the other end. */
type Converted<Result> = Result | { failure: Failure };

/** Two conversions at a time: enough for two cores. */
const MAX_WORKERS = 2;
/** A picture of more pixels is converted alone: one of 4k takes some hundred MB while it is open. */
const LARGE_PICTURE_PIXELS = 8_000_000;

/** Turns pictures into something else, PNG unless said otherwise, in worker threads. */
export class Converter<Result extends object = Png> extends WorkerPool<
  Conversion,
  Converted<Result>
> {
  constructor({ workerUrl, codecs }: ConverterOptions) {
    super(workerUrl, MAX_WORKERS, codecs.href);
  }

  /**
   * With settings the PNG holds them, and the mark of a picture that no camera took: they are written there, since this
   * thread would be held up by copying some MB. Throws JimengError (`pictureDamaged`, `pictureUnsupported`,
   * `pictureTooLarge`, `notAPicture`; `unexpected` where the worker itself is broken, or the file cannot be read) or the signal's reason.
   */
  async convert({ source, ...rest }: Conversion, signal?: AbortSignal): Promise<Result> {
    const places =
      typeof source !== 'string' && declaredPixels(source) > LARGE_PICTURE_PIXELS ? MAX_WORKERS : 1;
    const converted = await this.ask({ source, ...rest }, signal, places).catch(
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
  const detail = cause === undefined ? 'the conversion ended early' : errorCode(cause);
  return new JimengError(
    detail === undefined ? { kind: 'pictureDamaged' } : { kind: 'unexpected', detail },
    { cause: error },
  );
}
