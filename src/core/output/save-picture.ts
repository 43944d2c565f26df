import { readerOf, release, type ByteStreamBuffer } from '../images/bytes.ts';
import { checkPng } from '../images/check-png.ts';
import type { Converter, Png } from '../images/converter.ts';
import { ImageError, imageFormatOf, type PictureFormat } from '../images/formats.ts';
import { sizeOf } from '../images/inspect.ts';
import type { PictureSettings } from '../images/settings.ts';
import type { ResultItem } from '../queue/task.ts';
import { rowOf, type Failure } from '../service/failures/table.ts';
import type { Size } from '../request/models.ts';
import { JimengError } from '../service/failures/failures.ts';
import type { Network } from '../service/proxy.ts';
import { errorCode } from '../system/files.ts';
import { download } from './download.ts';
import type { Medium } from './save-results.ts';

/** Bytes that could not be converted to PNG. */
interface Unconverted {
  failure: Failure;
  bytes: Uint8Array;
}

export interface PictureOptions {
  converter: Converter;
  network: Network;
  /** What the picture will record about itself. */
  settings: PictureSettings;
  /** Opens a result that came inline. */
  openReceived: (file: string) => Promise<Blob>;
  signal?: AbortSignal;
}

/** Pictures, which are saved as PNG. */
export function pictures(options: PictureOptions): Medium {
  return {
    extension: 'png',
    sizeOf: file => sizeOf(readerOf(file)),
    load: async (result, _index, save) => {
      const picture = await obtain(result, options);
      if ('failure' in picture) {
        const { failure, bytes } = picture;
        const extension = extensionToKeep(picture);
        return save({
          failure,
          kept: extension === undefined ? undefined : { content: bytes, extension },
        });
      }
      const { png: content, width, height } = picture;
      const saved = await save({ content, width, height });
      release(content);
      return saved;
    },
  };
}

/** Downloads and converts a picture. A damaged one is downloaded once more: the connection may have been cut. */
async function obtain(result: ResultItem, options: PictureOptions): Promise<Png | Unconverted> {
  const first = await tryOnce(result, options);
  if (!('failure' in first) || first.failure.kind !== 'pictureDamaged' || 'file' in result)
    return first;
  try {
    const second = await tryOnce(result, options);
    return 'failure' in second && extensionToKeep(second) === undefined ? first : second;
  } catch (error) {
    if (error instanceof JimengError) return first; // a damaged picture is better than a dead link
    throw error;
  }
}

async function tryOnce(
  result: ResultItem,
  { converter, network, settings, openReceived, signal }: PictureOptions,
): Promise<Png | Unconverted> {
  converter.prepare();
  let check: Promise<Size | undefined> | undefined;
  const onBegin = (body: ByteStreamBuffer | undefined) => {
    check = body && checkWhileReceiving(body);
    check?.catch(() => {
      /* thrown below, unless it is downloaded again */
    });
  };
  const bytes = await ('url' in result
    ? download(result.url, network, { signal, onBegin })
    : readReceived(result.file, openReceived));
  try {
    return await converter.convert({ source: bytes, settings, checked: await check }, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof JimengError || error instanceof ImageError)
      return { failure: error.failure, bytes };
    throw error;
  }
}

/** A PNG that is kept as it is can be checked while it is being received; undefined for what has to be converted. */
async function checkWhileReceiving(body: ByteStreamBuffer): Promise<Size | undefined> {
  return imageFormatOf(await body.waitFor(16)) === 'png' ? checkPng(body) : undefined;
}

async function readReceived(
  file: string,
  open: PictureOptions['openReceived'],
): Promise<Uint8Array> {
  try {
    return await (await open(file)).bytes();
  } catch (error) {
    throw new JimengError(
      { kind: 'downloadFailed', detail: errorCode(error) ?? '' },
      { cause: error },
    );
  }
}

/** The extension for bytes that could not be converted to PNG. A damaged PNG never gets `.png`. */
const extensions: Record<PictureFormat, string> = {
  png: 'damaged.png.bin',
  webp: 'webp',
  jpeg: 'jpg',
  gif: 'gif',
  avif: 'avif',
  heic: 'heic',
  bmp: 'bmp',
};

/** Undefined if the bytes are not worth keeping. */
function extensionToKeep({ bytes, failure }: Unconverted): string | undefined {
  const format = rowOf(failure).keepBytes ? imageFormatOf(bytes) : undefined;
  return format && extensions[format];
}
