import decoder from '@jsquash/webp/codec/dec/webp_dec.js';
import { ImageError, checkSize } from '../core/images/problem.ts';
import { instantiate, type Codec, type Decoded, type Factory } from './codec.ts';
import type { Decodable, LoadCodec, Metadata } from './to-png.ts';

interface Decoder {
  decode(bytes: Uint8Array): Decoded;
}

/** What nearly all pictures of the service need. */
export function loadWebp(loadCodec: LoadCodec): Promise<Codec<Decoder>> {
  return instantiate(decoder as Factory<Decoder>, 'webp_dec.wasm', loadCodec);
}

/** Reads the RIFF container of a WebP (RFC 9649). Throws PictureProblem for one that is cut off, animated or too large. */
export function readWebp(bytes: Uint8Array): Decodable {
  const metadata: Metadata = {};
  let alpha = false;
  let image = false;
  for (const { name, data } of chunks(bytes)) {
    switch (name) {
      case 'VP8X':
        if ((uint24(data, 0) & 0x02) !== 0)
          throw new ImageError('pictureUnsupported', 'animated WebP');
        checkSize(1 + uint24(data, 4), 1 + uint24(data, 7));
        break;
      case 'VP8 ': // the frame header: 3 bytes tag, 3 bytes start code, 14 bits of width and of height
        if (uint24(data, 3) !== 0x2a019d) throw new ImageError('pictureDamaged', 'no key frame');
        checkSize(uint24(data, 6) & 0x3fff, uint24(data, 8) & 0x3fff);
        image = true;
        break;
      case 'VP8L': // signature, then 14 bits of width - 1, of height - 1, and whether alpha is used
        if (data[0] !== 0x2f) throw new ImageError('pictureDamaged', 'no lossless signature');
        checkSize((uint24(data, 1) & 0x3fff) + 1, ((uint24(data, 2) >> 6) & 0x3fff) + 1);
        alpha ||= ((data[4] ?? 0) & 0x10) !== 0;
        image = true;
        break;
      case 'ALPH':
        alpha = true;
        break;
      case 'ICCP':
        metadata.icc ??= data;
        break;
      case 'EXIF':
        metadata.exif ??= withoutName(data);
        break;
      case 'XMP ':
        metadata.xmp ??= data;
        break;
    }
  }
  if (!image) throw new ImageError('pictureDamaged', 'no image data');
  return {
    metadata,
    decode: async loadCodec => {
      const { module } = await loadWebp(loadCodec);
      const decoded = module.decode(bytes);
      if (!decoded) throw new ImageError('pictureDamaged', 'cannot be decoded');
      return {
        width: decoded.width,
        height: decoded.height,
        channels: alpha ? 4 : 3,
        rgba: decoded.data,
      };
    },
  };
}

/** What follows the RIFF header, which says how long the whole is; bytes after that are nobody's. */
export function* chunks(bytes: Uint8Array): Generator<{ name: string; data: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = view.getUint32(4, true) + 8;
  if (end > bytes.length) throw new ImageError('pictureDamaged', 'cut off');
  for (let at = 12; at + 8 <= end;) {
    const size = view.getUint32(at + 4, true);
    if (at + 8 + size > end) throw new ImageError('pictureDamaged', 'chunk cut off');
    yield {
      name: Buffer.from(bytes.subarray(at, at + 4)).toString('latin1'),
      data: bytes.subarray(at + 8, at + 8 + size),
    };
    at += 8 + size + (size & 1);
  }
}

/** Little-endian; bytes that are not there count as 0. */
function uint24(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

/** Some writers put JPEG's "Exif\0\0" before the TIFF structure here too. */
function withoutName(exif: Uint8Array): Uint8Array {
  return Buffer.from(exif.subarray(0, 6)).toString('latin1') === 'Exif\0\0'
    ? exif.subarray(6)
    : exif;
}
