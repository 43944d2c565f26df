import webpEncoder from '@jsquash/webp/codec/enc/webp_enc.js';
import { defaultOptions } from '@jsquash/webp/meta.js';
import { initSync, resize } from '@jsquash/resize/lib/resize/pkg/squoosh_resize.js';
import type { Size } from '../core/request/models.ts';
import { readerIn } from '../core/images/bytes.ts';
import type { WebPicture } from '../core/images/converter.ts';
import { imageFormatOf, ImageError } from '../core/images/formats.ts';
import { hasAlpha, riffChunksOf, writeWebp } from '../core/images/webp.ts';
import {
  initialize,
  instantiate,
  type Decodable,
  type Factory,
  type LoadCodec,
  type Metadata,
  type Pixels,
} from './codec.ts';
import { readJpeg } from './jpeg.ts';
import { decodeUpright } from './orientation.ts';
import { readPngPixels } from './png-pixels.ts';
import { readWebp } from './webp.ts';

interface Encoder {
  encode(
    rgba: Uint8ClampedArray,
    width: number,
    height: number,
    options: object,
  ): Uint8Array | null;
}

type Sized = Pick<Pixels, 'width' | 'height' | 'rgba'>;

/** Looks like the original on a page, at about a tenth of the bytes. */
const WEBP_QUALITY = 80;
/** The resize filter that preserves edges: Lanczos 3. */
const LANCZOS = 3;
const TRIANGLE = 0;

/**
 * The picture as WebP at each of the widths, in pixels, with its metadata and upright. It is never enlarged beyond its
 * own width. Throws ImageError; after any other error the codecs must not be used again.
 */
export async function toWebp(
  bytes: Uint8Array,
  widths: readonly number[],
  loadCodec: LoadCodec,
): Promise<WebPicture[]> {
  const { pixels, metadata } = await decodeUpright(await readPicture(bytes), loadCodec);
  const encode = await loadEncoder(loadCodec);
  const pictures: WebPicture[] = [];
  for (const wanted of widths) {
    const sized = narrowed(pixels, wanted);
    const { width, height } = sized;
    pictures.push({ webp: await withMetadata(encode(sized), metadata, sized), width, height });
  }
  return pictures;
}

/** The picture as WebP whose longer side has at most so many pixels, with its colour profile alone. Throws as `toWebp` does. */
export async function toThumbnail(
  bytes: Uint8Array,
  longest: number,
  loadCodec: LoadCodec,
): Promise<Uint8Array> {
  const { pixels, metadata } = await decodeUpright(await readPicture(bytes), loadCodec);
  const { width, height } = pixels;
  const { icc } = metadata;
  const encode = await loadEncoder(loadCodec);
  const scale = Math.min(1, longest / Math.max(width, height));
  const sized = narrowed(pixels, Math.max(1, Math.round(width * scale)), 'fast');
  return withMetadata(encode(sized), icc ? { icc } : {}, sized);
}

/** Its result stays in the codec's memory until the next call. */
async function loadEncoder(loadCodec: LoadCodec): Promise<(pixels: Sized) => Uint8Array> {
  const { module } = await instantiate(webpEncoder as Factory<Encoder>, 'webp_enc.wasm', loadCodec);
  await initialize(initSync, 'squoosh_resize_bg.wasm', loadCodec);
  return ({ rgba, width, height }) => {
    const encoded = module.encode(rgba, width, height, {
      ...defaultOptions,
      quality: WEBP_QUALITY,
    });
    if (!encoded) throw new ImageError('pictureTooLarge', `${width}×${height}`);
    return encoded;
  };
}

async function readPicture(bytes: Uint8Array): Promise<Decodable> {
  const format = imageFormatOf(bytes);
  switch (format) {
    case 'png':
      return readPngPixels(bytes);
    case 'jpeg':
      return readJpeg(bytes);
    case 'webp':
      return readWebp(bytes);
    case undefined:
      throw new ImageError('notAPicture');
    default:
      throw new ImageError('pictureUnsupported', format.toUpperCase());
  }
}

/** `fast` ignores gamma: good enough for a thumbnail, in a third of the time. */
function narrowed(pixels: Pixels, width: number, how: 'fine' | 'fast' = 'fine'): Sized {
  if (width >= pixels.width) return pixels;
  const height = Math.max(1, Math.round((pixels.height * width) / pixels.width));
  const source = new Uint8Array(pixels.rgba.buffer, pixels.rgba.byteOffset, pixels.rgba.length);
  const rgba = resize(
    source,
    pixels.width,
    pixels.height,
    width,
    height,
    how === 'fine' ? LANCZOS : TRIANGLE,
    pixels.channels === 4,
    how === 'fine',
  );
  return { width, height, rgba };
}

/** RFC 9649, Extended File Format: the header, the colour profile, the picture, then EXIF and XMP. */
async function withMetadata(
  webp: Uint8Array,
  { icc, exif, xmp }: Metadata,
  { width, height }: Size,
): Promise<Uint8Array> {
  if (!icc && !exif && !xmp) return webp.slice();
  const image: { name: string; data: Uint8Array }[] = [];
  for await (const { name, at, length } of riffChunksOf(readerIn(webp)))
    if (/^(ALPH|VP8 |VP8L)$/.test(name)) image.push({ name, data: webp.subarray(at, at + length) });
  const header = Buffer.alloc(10);
  header[0] =
    (icc ? 0x20 : 0) | (image.some(hasAlpha) ? 0x10 : 0) | (exif ? 0x08 : 0) | (xmp ? 0x04 : 0);
  header.writeUIntLE(width - 1, 4, 3);
  header.writeUIntLE(height - 1, 7, 3);
  return writeWebp([
    { name: 'VP8X', data: header },
    ...(icc ? [{ name: 'ICCP', data: icc }] : []),
    ...image,
    ...(exif ? [{ name: 'EXIF', data: exif }] : []),
    ...(xmp ? [{ name: 'XMP ', data: xmp }] : []),
  ]);
}
