import { inflateSync } from 'node:zlib';
import { decode as decodePng, initSync } from '@jsquash/png/codec/pkg/squoosh_png.js';
import { join, readerIn } from '../core/images/bytes.ts';
import { checkSize } from '../core/images/formats.ts';
import {
  chunksOf,
  contentOf,
  PNG_SIGNATURE,
  readHeader,
  readText,
  textChunksOf,
  XMP_KEYWORD,
} from '../core/images/png.ts';
import { initialize, type Decodable, type Metadata, type Pixels } from './codec.ts';

/** Profiles for printers have some MB. */
const MAX_PROFILE_BYTES = 16_000_000;

/**
 * Reads a PNG's pixels, with 8 bits per sample. Throws ImageError for an invalid header or chunks; the codec throws for
 * damaged image data, since checking it first would take as long as decoding. PNG third edition: 4 in the colour type
 * means alpha, and so does tRNS. The codec only gets the chunks that make up the pixels: a profile that is a
 * decompression bomb would affect it too.
 */
export async function readPngPixels(bytes: Uint8Array): Promise<Decodable> {
  const read = readerIn(bytes);
  const metadata: Metadata = {};
  const parts: Uint8Array[] = [PNG_SIGNATURE];
  let channels: Pixels['channels'] = 3;
  for await (const chunk of chunksOf(read)) {
    const { type, at, length } = chunk;
    const content = await contentOf(chunk, read);
    if (/^[A-Z]|^tRNS$/.test(type)) parts.push(bytes.subarray(at - 8, at + length + 4));
    if (type === 'IHDR') {
      const header = readHeader(chunk, content);
      checkSize(header);
      if ((header.colorType & 4) !== 0) channels = 4;
    }
    if (type === 'tRNS') channels = 4;
    if (type === 'eXIf') metadata.exif = content;
    const icc = type === 'iCCP' && inflateProfile(content);
    if (icc) metadata.icc = icc;
  }
  const xmp = await readXmp(bytes);
  if (xmp) metadata.xmp = xmp;
  return {
    metadata,
    decode: async (loadCodec): Promise<Pixels> => {
      await initialize(initSync, 'squoosh_png_bg.wasm', loadCodec);
      try {
        const { width, height, data } = decodePng(join(parts));
        return { width, height, channels, rgba: data };
      } catch (cause) {
        throw new Error('IDAT', { cause }); // not an ImageError: the codec must not be used again
      }
    },
  };
}

async function readXmp(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  const read = readerIn(bytes);
  for await (const { keyword, chunk } of textChunksOf(read)) {
    const text = keyword === XMP_KEYWORD ? await readText(chunk, read) : undefined;
    if (text !== undefined) return Buffer.from(text);
  }
  return undefined;
}

/** An invalid profile or a decompression bomb is dropped: the picture is shown without it. */
function inflateProfile(content: Uint8Array): Uint8Array | undefined {
  try {
    return inflateSync(content.subarray(content.indexOf(0) + 2), {
      maxOutputLength: MAX_PROFILE_BYTES,
    });
  } catch {
    return undefined;
  }
}
