import decoder from '@jsquash/webp/codec/dec/webp_dec.js';
import { readerIn } from '../core/images/bytes.ts';
import { checkSize, ImageError } from '../core/images/formats.ts';
import { EXIF_NAME, namedContent } from '../core/images/jpeg.ts';
import {
  declaredLength,
  hasAlpha,
  isAnimated,
  riffChunksOf,
  sizeInChunk,
} from '../core/images/webp.ts';
import {
  instantiate,
  type Codec,
  type Decodable,
  type Decoded,
  type Factory,
  type LoadCodec,
  type Metadata,
} from './codec.ts';

interface Decoder {
  decode(bytes: Uint8Array): Decoded;
}

/** All that nearly every picture of the service needs. */
export function loadWebp(loadCodec: LoadCodec): Promise<Codec<Decoder>> {
  return instantiate(decoder as Factory<Decoder>, 'webp_dec.wasm', loadCodec);
}

/** Reads a WebP's pixels. Throws ImageError if it is truncated, animated or too large. */
export async function readWebp(bytes: Uint8Array): Promise<Decodable> {
  if (declaredLength(bytes) > bytes.length) throw new ImageError('pictureDamaged', 'cut off');
  const metadata: Metadata = {};
  let alpha = false;
  let image = false;
  for await (const { name, at, length } of riffChunksOf(readerIn(bytes))) {
    const data = bytes.subarray(at, at + length);
    if (name === 'VP8X' && isAnimated(data))
      throw new ImageError('pictureUnsupported', 'animated WebP');
    const size = sizeInChunk(name, data);
    if (size) checkSize(size);
    image ||= size !== undefined && name !== 'VP8X';
    alpha ||= hasAlpha({ name, data });
    if (name === 'ICCP') metadata.icc ??= data;
    if (name === 'EXIF') metadata.exif ??= namedContent(data, EXIF_NAME) ?? data; // some writers name it as in JPEG
    if (name === 'XMP ') metadata.xmp ??= data;
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
