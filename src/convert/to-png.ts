import type { Size } from '../core/request/models.ts';
import { ByteStreamBuffer } from '../core/output/byte-stream-buffer.ts';
import { checkPng } from '../core/images/check-png.ts';
import type { Png } from '../core/images/converter.ts';
import { embed } from '../core/images/embed.ts';
import { ImageError } from '../core/images/problem.ts';
import type { PictureSettings } from '../core/images/settings.ts';
import { imageFormatOf } from '../core/images/formats.ts';
import { encodePng, type Pixels } from './encode.ts';
import { readJpeg } from './jpeg.ts';
import { orient, readOrientation, resetOrientation, resetOrientationInXmp } from './orientation.ts';
import { readWebp } from './webp.ts';

/** Compiles the WebAssembly module of this file name. */
export type LoadCodec = (name: string) => Promise<WebAssembly.Module>;

/** What a picture says about itself beside its pixels, taken over as it is. */
export interface Metadata {
  icc?: Uint8Array;
  /** TIFF structure, without the "Exif" that JPEG puts before it. */
  exif?: Uint8Array;
  /** UTF-8 XML; the label of AI-generated content stands here. */
  xmp?: Uint8Array;
}

export interface Decodable {
  metadata: Metadata;
  /** Throws PictureProblem when the data ends early or cannot be decoded. */
  decode: (loadCodec: LoadCodec) => Promise<Pixels>;
}

/**
 * A PNG with the same pixels and metadata as the WebP or JPEG, upright; a PNG is checked and stays as it is. With the settings
 * in it, if there are any.
 * Throws PictureProblem; anything else that is thrown leaves a codec behind that must not be used again.
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
      return convert(readJpeg(bytes), settings, loadCodec);
    case 'webp':
      return convert(readWebp(bytes), settings, loadCodec);
    case undefined:
      throw new ImageError('notAPicture');
    default:
      throw new ImageError('pictureUnsupported', format.toUpperCase());
  }
}

/** A PNG that was checked, as it is but for the settings. */
export async function keep(
  png: Uint8Array,
  size: Size,
  settings: PictureSettings | undefined,
): Promise<Png> {
  return { png: settings ? await embed(png, settings) : png, ...size };
}

async function convert(
  { metadata, decode }: Decodable,
  settings: PictureSettings | undefined,
  loadCodec: LoadCodec,
): Promise<Png> {
  const { exif, xmp } = metadata;
  const pixels = orient(await decode(loadCodec), exif ? readOrientation(exif) : 1);
  const png = await encodePng(
    pixels,
    {
      ...metadata,
      ...(exif && { exif: resetOrientation(exif) }),
      ...(xmp && { xmp: resetOrientationInXmp(xmp) }),
    },
    settings,
    loadCodec,
  );
  return { png, width: pixels.width, height: pixels.height };
}
