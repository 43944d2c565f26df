import decoder from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
import { instantiate, type Decoded, type Factory } from './codec.ts';
import { PictureProblem, checkSize } from './problem.ts';
import type { Decodable, Metadata } from './to-png.ts';

interface Decoder { decode(bytes: Uint8Array, applyOrientation: boolean): Decoded }

/**
 * Reads the segments of a JPEG (ITU T.81). Throws PictureProblem for one that is cut off, since the decoder would fill
 * the rest with grey, and for colour models and processes that it cannot do rightly.
 */
export function readJpeg(bytes: Uint8Array): Decodable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const metadata: Metadata = {};
  const profile: Uint8Array[] = [];
  let components = 0;
  let scan = 0;
  for (let at = 2; scan === 0;) {
    if (at + 4 > bytes.length) { throw new PictureProblem('pictureDamaged', 'cut off'); }
    if (bytes[at] !== 0xff) { throw new PictureProblem('pictureDamaged', 'a segment is missing'); }
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) { at++; continue; } // fill byte
    const size = view.getUint16(at + 2);
    const segment = bytes.subarray(at + 4, at + 2 + size);
    if (size < 2 || at + 2 + size > bytes.length) { throw new PictureProblem('pictureDamaged', 'cut off'); }
    if (marker === 0xda) {
      scan = at;
    } else if (marker === 0xe1) {
      const exif = named(segment, 'Exif\0\0');
      const xmp = named(segment, 'http://ns.adobe.com/xap/1.0/\0');
      if (exif) { metadata.exif ??= exif; }
      if (xmp) { metadata.xmp ??= xmp; }
    } else if (marker === 0xe2) {
      const part = named(segment, 'ICC_PROFILE\0');
      if (part) { profile[(part[0] ?? 1) - 1] = part.subarray(2); } // its number from 1, then how many there are
    } else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      components = readFrame(marker, segment);
    }
    at += 2 + size;
  }
  if (components === 0) { throw new PictureProblem('pictureDamaged', 'no frame'); }
  if (!endsInScan(bytes, scan)) { throw new PictureProblem('pictureDamaged', 'cut off'); }
  if (profile.length > 0) { metadata.icc = Buffer.concat(profile.filter(part => part instanceof Uint8Array)); }
  return {
    metadata,
    decode: async loadCodec => {
      const codec = await instantiate(decoder as Factory<Decoder>, 'mozjpeg_dec.wasm', loadCodec);
      const image = codec.decode(bytes, false);
      if (!image) { throw new PictureProblem('pictureDamaged', 'cannot be decoded'); }
      return { width: image.width, height: image.height, channels: components === 1 ? 1 : 3, rgba: image.data };
    },
  };
}

/** Checks a frame header and returns its number of components. */
function readFrame(marker: number, segment: Uint8Array): number {
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  if (segment.length < 6) { throw new PictureProblem('pictureDamaged', 'cut off'); }
  const components = view.getUint8(5);
  if (![0xc0, 0xc1, 0xc2].includes(marker)) { throw new PictureProblem('pictureUnsupported', 'a lossless, hierarchical or arithmetic JPEG'); }
  if (view.getUint8(0) !== 8) { throw new PictureProblem('pictureUnsupported', `a JPEG with ${view.getUint8(0)} bits`); }
  if (components !== 1 && components !== 3) { throw new PictureProblem('pictureUnsupported', 'a CMYK JPEG'); }
  checkSize(view.getUint16(3), view.getUint16(1));
  return components;
}

/** Whether the end marker comes after the first scan; bytes after it are nobody's. */
function endsInScan(bytes: Uint8Array, scan: number): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).lastIndexOf(Buffer.from([0xff, 0xd9])) > scan;
}

/** What follows the name of an APP segment. */
function named(segment: Uint8Array, name: string): Uint8Array | undefined {
  return Buffer.from(segment.subarray(0, name.length)).toString('latin1') === name ? segment.subarray(name.length) : undefined;
}
