import decoder from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
import { readerIn } from '../core/images/bytes.ts';
import { checkSize, ImageError } from '../core/images/formats.ts';
import {
  APP1,
  APP2,
  EXIF_NAME,
  isFrame,
  namedContent,
  readFrame,
  segmentsOf,
} from '../core/images/jpeg.ts';
import { instantiate, type Decodable, type Decoded, type Factory, type Metadata } from './codec.ts';

interface Decoder {
  decode(bytes: Uint8Array, applyOrientation: boolean): Decoded;
}

/**
 * Reads a JPEG's pixels. Throws ImageError if it is truncated, since the decoder would fill the rest with grey, and for
 * colour models and processes that it does not decode correctly.
 */
export async function readJpeg(bytes: Uint8Array): Promise<Decodable> {
  const metadata: Metadata = {};
  const profile: Uint8Array[] = [];
  let components = 0;
  for await (const { marker, at, length } of segmentsOf(readerIn(bytes))) {
    const content = bytes.subarray(at, at + length);
    if (marker === APP1) {
      const exif = namedContent(content, EXIF_NAME);
      const xmp = namedContent(content, 'http://ns.adobe.com/xap/1.0/\0');
      if (exif) metadata.exif ??= exif;
      if (xmp) metadata.xmp ??= xmp;
    } else if (marker === APP2) {
      const part = namedContent(content, 'ICC_PROFILE\0');
      if (part) profile.push(part);
    } else if (isFrame(marker)) {
      components = checkFrame(marker, content);
    }
  }
  if (components === 0) throw new ImageError('pictureDamaged', 'no frame');
  const icc = joinProfile(profile);
  if (icc) metadata.icc = icc;
  return {
    metadata,
    decode: async loadCodec => {
      const codec = await instantiate(decoder as Factory<Decoder>, 'mozjpeg_dec.wasm', loadCodec);
      codec.warnings.length = 0;
      const image = codec.module.decode(bytes, false);
      // The decoder only warns about truncated or invalid data, and makes up the pixels.
      const warning = codec.warnings.find(line => /^(Corrupt|Premature)/.test(line));
      if (!image || warning !== undefined)
        throw new ImageError('pictureDamaged', warning ?? 'cannot be decoded');
      return {
        width: image.width,
        height: image.height,
        channels: components === 1 ? 1 : 3,
        rgba: image.data,
      };
    },
  };
}

/** Returns the number of components. */
function checkFrame(marker: number, content: Uint8Array): number {
  const frame = readFrame(content);
  const { bits, components } = frame;
  if (bits !== 8) throw new ImageError('pictureUnsupported', `${bits} bit JPEG`);
  if (![0xc0, 0xc1, 0xc2].includes(marker))
    throw new ImageError('pictureUnsupported', `JPEG SOF${marker - 0xc0}`);
  if (components !== 1 && components !== 3)
    throw new ImageError(
      'pictureUnsupported',
      components === 4 ? 'CMYK JPEG' : `JPEG, ${components} components`,
    );
  checkSize(frame);
  return components;
}

/**
 * An ICC profile joined from its parts, each preceded by its number from 1 and their count; undefined if one is missing.
 */
function joinProfile(parts: Uint8Array[]): Uint8Array | undefined {
  const sorted = parts.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  const whole =
    sorted.length > 0 &&
    sorted.every((part, index) => part[0] === index + 1 && part[1] === sorted.length);
  return whole ? Buffer.concat(sorted.map(part => part.subarray(2))) : undefined;
}
