import { Arriving } from '../core/pictures/arriving.ts';
import { checkPng } from '../core/pictures/check-png.ts';
import type { Png } from '../core/pictures/converter.ts';
import { sniff } from '../core/pictures/sniff.ts';
import { encodePng, type Pixels } from './encode.ts';
import { readJpeg } from './jpeg.ts';
import { orient, readOrientation, resetOrientation, resetOrientationInXmp } from './orientation.ts';
import { PictureProblem } from '../core/pictures/problem.ts';
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
 * A PNG with the same pixels and metadata as the WebP or JPEG, upright; a PNG is checked and handed back as it is.
 * Throws PictureProblem; anything else that is thrown leaves a codec behind that must not be used again.
 */
export async function toPng(bytes: Uint8Array, loadCodec: LoadCodec): Promise<Png> {
  const format = sniff(bytes);
  switch (format) {
    case 'png': return { png: bytes, ...await checkPng(new Arriving(bytes, bytes.length)) };
    case 'jpeg': return convert(readJpeg(bytes), loadCodec);
    case 'webp': return convert(readWebp(bytes), loadCodec);
    case undefined: throw new PictureProblem('notAPicture');
    default: throw new PictureProblem('pictureUnsupported', format.toUpperCase());
  }
}

async function convert({ metadata, decode }: Decodable, loadCodec: LoadCodec): Promise<Png> {
  const { exif, xmp } = metadata;
  const pixels = orient(await decode(loadCodec), exif ? readOrientation(exif) : 1);
  const png = await encodePng(pixels, {
    ...metadata,
    ...exif && { exif: resetOrientation(exif) },
    ...xmp && { xmp: resetOrientationInXmp(xmp) },
  }, loadCodec);
  return { png, width: pixels.width, height: pixels.height };
}
