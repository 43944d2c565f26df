import { errorCode } from '../system/files.ts';
import type { Size } from '../request/models.ts';
import { JimengError } from '../service/failures/failures.ts';
import type { Network } from '../service/proxy.ts';
import type { Failure, MissingPicture, ResultItem, SavedPicture } from '../queue/task.ts';
import { readerOf, release, type ByteStreamBuffer } from '../images/bytes.ts';
import { checkPng } from '../images/check-png.ts';
import type { Converter, Png } from '../images/converter.ts';
import { download } from './download.ts';
import type { Saving } from './folder.ts';
import { ImageError, imageFormatOf, type PictureFormat } from '../images/formats.ts';
import { sizeOf } from '../images/inspect.ts';
import { inFolder } from './save-results.ts';
import type { PictureSettings } from '../images/settings.ts';

/** Bytes that did not become a PNG. */
interface Unconverted {
  failure: Failure;
  bytes: Uint8Array;
}

export interface PictureOptions {
  converter: Converter;
  network: Network;
  /** What the picture will say of itself. */
  settings: PictureSettings;
  /** Opens a result that came inline. */
  openReceived: (file: string) => Promise<Blob>;
  signal?: AbortSignal;
}

/** Saves one picture of a result as PNG. Throws JimengError where nothing of it could be had, and the signal's reason. */
export async function savePicture(
  result: ResultItem,
  index: number,
  saving: Saving,
  options: PictureOptions,
): Promise<SavedPicture | MissingPicture> {
  const found = await inFolder(saving.find(index, 'png'));
  const size = found && (await sizeOf(readerOf(found.content)));
  if (size) return { index, path: found.path, ...size };
  const picture = await obtain(result, options);
  if ('failure' in picture) {
    const extension = extensionToKeep(picture);
    return {
      index,
      failure: picture.failure,
      ...(extension !== undefined && {
        keptAs: await inFolder(saving.put(index, extension, picture.bytes)),
      }),
    };
  }
  const { png, width, height } = picture;
  const path = await inFolder(saving.put(index, 'png', png));
  release(png);
  return { index, path, width, height };
}

/** Loads and converts a picture. One that is damaged is loaded once more: it may have been cut off on the way. */
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
  const begins = (arriving: ByteStreamBuffer | undefined) => {
    check = arriving && checkedOnItsWay(arriving);
    check?.catch(() => {
      /* told when all is here, unless it is loaded once more */
    });
  };
  const bytes = await ('url' in result
    ? download(result.url, network, { signal, begins })
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

/** What is kept as it is can be checked before all of it is here; undefined for what has to be converted. */
async function checkedOnItsWay(arriving: ByteStreamBuffer): Promise<Size | undefined> {
  return imageFormatOf(await arriving.waitFor(16)) === 'png' ? checkPng(arriving) : undefined;
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

/** Under which extension bytes are kept that did not become a PNG. A damaged PNG never bears `.png`. */
const extensions: Record<PictureFormat, string> = {
  png: 'damaged.png.bin',
  webp: 'webp',
  jpeg: 'jpg',
  gif: 'gif',
  avif: 'avif',
  heic: 'heic',
  bmp: 'bmp',
};
const worthKeeping = new Set(['pictureDamaged', 'pictureUnsupported', 'unexpected']);

/** Undefined where the bytes are not worth keeping. */
function extensionToKeep({ bytes, failure }: Unconverted): string | undefined {
  const format = worthKeeping.has(failure.kind) ? imageFormatOf(bytes) : undefined;
  return format && extensions[format];
}
