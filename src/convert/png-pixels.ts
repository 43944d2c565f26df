import { inflateSync } from 'node:zlib';
import { decode as decodePng, initSync } from '@jsquash/png/codec/pkg/squoosh_png.js';
import { chunks, readHeader } from '../core/images/check-png.ts';
import { join, pngSignature } from '../core/images/png-chunks.ts';
import { initialize } from './codec.ts';
import type { Pixels } from './encode.ts';
import type { Decodable, Metadata } from './to-png.ts';

/** Profiles of printers have some MB. In bytes. */
const MAX_PROFILE_BYTES = 16_000_000;

/**
 * Reads a PNG for its pixels, with 8 bits a sample. Throws PictureProblem for a header or chunks that cannot be; what is wrong
 * with the image data itself the codec throws: to look at it first would take as long as to decode it.
 */
export function readPngPixels(bytes: Uint8Array): Decodable {
  const { metadata, channels, parts } = read(bytes);
  return {
    metadata,
    decode: async (loadCodec): Promise<Pixels> => {
      await initialize(initSync, 'squoosh_png_bg.wasm', loadCodec);
      try {
        const { width, height, data } = decodePng(join([pngSignature, ...parts]));
        return { width, height, channels, rgba: data };
      } catch (cause) {
        throw new Error('IDAT', { cause }); // no PictureProblem: the codec must not be used again
      }
    },
  };
}

/**
 * PNG third edition: 4 in the colour type says alpha, and tRNS does so, too; iCCP is compressed;
 * iTXt has its keyword, two flags and two names before the text. The parts are the chunks that make the pixels, whole: a
 * profile that is a bomb would be a trap, too.
 */
function read(bytes: Uint8Array): {
  metadata: Metadata;
  channels: Pixels['channels'];
  parts: Uint8Array[];
} {
  const metadata: Metadata = {};
  const parts: Uint8Array[] = [];
  let channels: Pixels['channels'] = 3;
  const xmpHead = 'XML:com.adobe.xmp\0\0\0\0\0';
  for (const { type, content } of chunks(bytes)) {
    if (/^[A-Z]|^tRNS$/.test(type))
      parts.push(new Uint8Array(content.buffer, content.byteOffset - 8, content.length + 12));
    switch (type) {
      case 'IHDR': {
        const { colorType } = readHeader(type, content);
        if ((colorType & 4) !== 0) channels = 4;
        break;
      }
      case 'tRNS':
        channels = 4;
        break;
      case 'eXIf':
        metadata.exif = content;
        break;
      case 'iCCP': {
        const icc = profileOf(content);
        if (icc) metadata.icc = icc;
        break;
      }
      case 'iTXt':
        if (Buffer.from(content.subarray(0, xmpHead.length)).toString('latin1') === xmpHead)
          metadata.xmp = content.subarray(xmpHead.length);
        break;
    }
  }
  return { metadata, channels, parts };
}

/** A profile that is no profile, or a bomb, is none: the picture is shown without it. */
function profileOf(content: Uint8Array): Uint8Array | undefined {
  try {
    return inflateSync(content.subarray(content.indexOf(0) + 2), {
      maxOutputLength: MAX_PROFILE_BYTES,
    });
  } catch {
    return undefined;
  }
}
