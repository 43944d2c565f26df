import decoder from '@jsquash/webp/codec/dec/webp_dec.js';
import { instantiate, type Decoded, type Factory } from './codec.ts';
import { PictureProblem, checkSize } from './problem.ts';
import type { Decodable, Metadata } from './to-png.ts';

interface Decoder { decode(bytes: Uint8Array): Decoded }

/** Reads the RIFF container of a WebP (RFC 9649). Throws PictureProblem for one that is cut off, animated or too large. */
export function readWebp(bytes: Uint8Array): Decodable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = view.getUint32(4, true) + 8;
  if (end > bytes.length) { throw new PictureProblem('pictureDamaged', 'cut off'); }
  const metadata: Metadata = {};
  let alpha = false;
  let image = false;
  for (let at = 12; at + 8 <= end;) {
    const name = Buffer.from(bytes.subarray(at, at + 4)).toString('latin1');
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (start + size > end) { throw new PictureProblem('pictureDamaged', `chunk ${name.trim()} is cut off`); }
    const chunk = bytes.subarray(start, start + size);
    switch (name) {
      case 'VP8X':
        if ((view.getUint8(start) & 0x02) !== 0) { throw new PictureProblem('pictureUnsupported', 'an animated WebP'); }
        checkSize(1 + uint24(chunk, 4), 1 + uint24(chunk, 7));
        break;
      case 'VP8 ': // the frame header: 3 bytes tag, 3 bytes start code, 14 bits of width and of height
        if (size < 10 || uint24(chunk, 3) !== 0x2a019d) { throw new PictureProblem('pictureDamaged', 'no key frame'); }
        checkSize(view.getUint16(start + 6, true) & 0x3fff, view.getUint16(start + 8, true) & 0x3fff);
        image = true;
        break;
      case 'VP8L': { // signature, then 14 bits of width - 1, of height - 1, and whether alpha is used
        if (size < 5 || chunk[0] !== 0x2f) { throw new PictureProblem('pictureDamaged', 'no lossless signature'); }
        const bits = view.getUint32(start + 1, true);
        checkSize((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
        alpha = (bits >>> 28 & 1) === 1;
        image = true;
        break;
      }
      case 'ALPH': alpha = true; break;
      case 'ICCP': metadata.icc = chunk; break;
      case 'EXIF': metadata.exif = withoutName(chunk); break;
      case 'XMP ': metadata.xmp = chunk; break;
    }
    at = start + size + (size & 1);
  }
  if (!image) { throw new PictureProblem('pictureDamaged', 'no image data'); }
  return {
    metadata,
    decode: async loadCodec => {
      const codec = await instantiate(decoder as Factory<Decoder>, 'webp_dec.wasm', loadCodec);
      const decoded = codec.decode(bytes);
      if (!decoded) { throw new PictureProblem('pictureDamaged', 'cannot be decoded'); }
      return { width: decoded.width, height: decoded.height, channels: alpha ? 4 : 3, rgba: decoded.data };
    },
  };
}

function uint24(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | (bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0) << 16;
}

/** Some writers put JPEG's "Exif\0\0" before the TIFF structure here too. */
function withoutName(exif: Uint8Array): Uint8Array {
  return Buffer.from(exif.subarray(0, 6)).toString('latin1') === 'Exif\0\0' ? exif.subarray(6) : exif;
}
