import type { Size } from '../core/request/models.ts';
import { ByteStreamBuffer } from '../core/images/bytes.ts';
import { checkPng } from '../core/images/check-png.ts';
import type { Png } from '../core/images/converter.ts';
import { imageFormatOf, ImageError } from '../core/images/formats.ts';
import { embed } from '../core/images/metadata.ts';
import type { PictureSettings } from '../core/images/settings.ts';
import type { Decodable, LoadCodec } from './codec.ts';
import { encodePng } from './encode.ts';
import { readJpeg } from './jpeg.ts';
import { decodeUpright } from './orientation.ts';
import { readWebp } from './webp.ts';

/**
 * A PNG with the same pixels and metadata as the WebP or JPEG, upright; a PNG is checked and kept as it is. Includes the
 * settings, if any. Throws ImageError; after any other error the codec must not be used again.
 */
export async function toPng(
  bytes: Uint8Array,
  loadCodec: LoadCodec,
  settings?: PictureSettings,
): Promise<Png> {
  const format = imageFormatOf(bytes);
  switch (format) {
    case 'png':
      return keep(bytes, await checkPng(new ByteStreamBuffer(bytes, bytes.length)), settings);
    case 'jpeg':
      return convert(await readJpeg(bytes), settings, loadCodec);
    case 'webp':
      return convert(await readWebp(bytes), settings, loadCodec);
    case undefined:
      throw new ImageError('notAPicture');
    default:
      throw new ImageError('pictureUnsupported', format.toUpperCase());
  }
}

/** A checked PNG, unchanged except for the settings. */
export async function keep(
  png: Uint8Array,
  size: Size,
  settings: PictureSettings | undefined,
): Promise<Png> {
  return { png: settings ? await embed(png, settings) : png, ...size };
}

async function convert(
  picture: Decodable,
  settings: PictureSettings | undefined,
  loadCodec: LoadCodec,
): Promise<Png> {
  const { pixels, metadata } = await decodeUpright(picture, loadCodec);
  const { width, height } = pixels;
  return { png: await encodePng(pixels, metadata, settings, loadCodec), width, height };
}
