import { encodePng, type Pixels } from './encode.ts';
import { readJpeg } from './jpeg.ts';
import { orient, readOrientation, resetOrientation } from './orientation.ts';
import { readPng } from './png.ts';
import { PictureProblem } from './problem.ts';
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
 * Throws PictureProblem.
 */
export async function toPng(bytes: Uint8Array, loadCodec: LoadCodec): Promise<{ png: Uint8Array; width: number; height: number }> {
  if (bytes[0] === 0x89) {
    const { width, height } = readPng(bytes);
    return { png: bytes, width, height };
  }
  const { metadata, decode } = read(bytes);
  const { exif } = metadata;
  const pixels = orient(await decode(loadCodec), exif ? readOrientation(exif) : 1);
  const png = await encodePng(pixels, { ...metadata, ...exif && { exif: resetOrientation(exif) } });
  return { png, width: pixels.width, height: pixels.height };
}

function read(bytes: Uint8Array): Decodable {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) { return readJpeg(bytes); }
  const text = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (/^RIFF....WEBP/s.test(text)) { return readWebp(bytes); }
  if (/^GIF8|^BM|^....ftyp/s.test(text)) { throw new PictureProblem('pictureUnsupported', 'neither PNG nor WebP nor JPEG'); }
  throw new PictureProblem('notAPicture', '');
}
