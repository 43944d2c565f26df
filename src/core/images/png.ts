import { crc32, inflateSync } from 'node:zlib';
import type { Size } from '../request/models.ts';
import type { Read } from './bytes.ts';
import { ImageError } from './formats.ts';

export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** The keyword of the text that is XMP (XMP specification part 3, 1.1.5). */
export const XMP_KEYWORD = 'XML:com.adobe.xmp';
/** The keyword of the text that records how a picture was made, as JSON. */
export const SETTINGS_KEYWORD = 'jimeng';

/** The limit for a text and for its chunk. Larger ones are not read: they may be made to fill the memory. */
export const MAX_TEXT_BYTES = 1024 * 1024;
/** More than any picture has: 80 MiB in the 8 KiB pieces that libpng writes. */
const MAX_CHUNKS = 10_000;

/** A chunk of a PNG file (PNG third edition, 5.3): its type, and where its data is; in bytes. */
export interface Chunk {
  type: string;
  at: number;
  length: number;
}

/** The chunks of a PNG up to the end chunk, whose data is not read. Throws ImageError if it is truncated or not a PNG. */
export async function* chunksOf(read: Read): AsyncGenerator<Chunk> {
  const signature = await read(0, PNG_SIGNATURE.length);
  if (signature.length < PNG_SIGNATURE.length) throw cutOff();
  if (!Buffer.from(PNG_SIGNATURE).equals(signature)) throw new ImageError('notAPicture');
  for (let at = PNG_SIGNATURE.length, type = ''; type !== 'IEND';) {
    const head = Buffer.from(await read(at, 8));
    if (head.length < 8) throw cutOff();
    const length = head.readUInt32BE(0);
    type = head.toString('latin1', 4);
    if (!/^[A-Za-z]{4}$/.test(type)) throw new ImageError('pictureDamaged', 'no chunk');
    yield { type, at: at + 8, length };
    at += 12 + length;
  }
}

/** The data of a chunk. Throws ImageError if it is truncated or its checksum is wrong. */
export async function contentOf({ type, at, length }: Chunk, read: Read): Promise<Uint8Array> {
  const bytes = await read(at - 4, length + 8); // type, data, checksum
  if (bytes.length < length + 8) throw cutOff();
  checkCrc(type, crc32(bytes.subarray(0, -4)), bytes.subarray(-4));
  return bytes.subarray(4, -4);
}

/** @param expected the last four bytes of the chunk */
export function checkCrc(type: string, crc: number, expected: Uint8Array): void {
  if (expected.length < 4) throw cutOff();
  if (crc !== viewOf(expected).getUint32(0))
    throw new ImageError('pictureDamaged', `CRC of ${type}`);
}

export function cutOff(): ImageError {
  return new ImageError('pictureDamaged', 'cut off');
}

/** Samples per pixel and the bits that each may have, by colour type (PNG third edition, table 8 and 11.2.1). */
const colorTypes: Record<number, { samples: number; bits: number[] }> = {
  0: { samples: 1, bits: [1, 2, 4, 8, 16] },
  2: { samples: 3, bits: [8, 16] },
  3: { samples: 1, bits: [1, 2, 4, 8] },
  4: { samples: 2, bits: [8, 16] },
  6: { samples: 4, bits: [8, 16] },
};

/** Bits per pixel. */
export interface PngHeader extends Size {
  bits: number;
  colorType: number;
  interlaced: boolean;
}

/** Reads the content of the first chunk. Throws ImageError if it is not a header. */
export function readHeader({ type }: Chunk, content: Uint8Array): PngHeader {
  if (type !== 'IHDR' || content.length !== 13) throw new ImageError('pictureDamaged', 'IHDR');
  const view = viewOf(content);
  const [bits = 0, colorType = 0, compression, filtering, interlacing = 0] = content.subarray(8);
  const color = colorTypes[colorType];
  if (!color?.bits.includes(bits) || compression !== 0 || filtering !== 0 || interlacing > 1)
    throw new ImageError('pictureDamaged', 'IHDR');
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    bits: bits * color.samples,
    colorType,
    interlaced: interlacing === 1,
  };
}

/** A text chunk by its keyword. */
export interface KeyedChunk {
  keyword: string;
  chunk: Chunk;
}

/** The text chunks of a PNG, as far as it can be parsed; none if the file is not a PNG. */
export async function* textChunksOf(read: Read): AsyncGenerator<KeyedChunk> {
  let count = 0;
  try {
    for await (const chunk of chunksOf(read)) {
      if (++count > MAX_CHUNKS) return;
      const keyword = await keywordOf(chunk, read);
      if (keyword !== undefined) yield { keyword, chunk };
    }
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
  }
}

async function keywordOf({ type, at, length }: Chunk, read: Read): Promise<string | undefined> {
  if (type !== 'iTXt' && type !== 'zTXt' && type !== 'tEXt') return undefined;
  const head = Buffer.from(await read(at, Math.min(length, 80))); // a keyword has at most 79 bytes, followed by a zero
  const end = head.indexOf(0);
  return end < 0 ? undefined : head.toString('latin1', 0, end);
}

/**
 * The text of such a chunk (PNG third edition, 11.3.3). Undefined if it is damaged, too large, or in an invalid encoding.
 */
export async function readText(chunk: Chunk, read: Read): Promise<string | undefined> {
  if (chunk.length > MAX_TEXT_BYTES) return undefined;
  const bytes = await read(chunk.at - 4, chunk.length + 8); // an error of the file itself is thrown
  try {
    return decode(chunk.type, Buffer.from(await contentOf(chunk, () => bytes)));
  } catch {
    return undefined;
  }
}

/**
 * Throws if it does not fit. Some programs convert one kind of text to another and leave it in UTF-8, so that is tried
 * first.
 */
function decode(type: string, data: Buffer): string {
  const text = data.subarray(data.indexOf(0) + 1);
  if (type === 'tEXt') return decodeLoosely(text);
  if (type === 'zTXt') return decodeLoosely(inflate(text.subarray(1)));
  const translated = text.indexOf(0, 2) + 1; // two flags are followed by a language and a translated keyword, each ended by a zero
  const begin = text.indexOf(0, translated) + 1;
  if (translated === 0 || begin === 0) throw new Error('no text');
  const content = text.subarray(begin);
  return utf8.decode(text[0] === 1 ? inflate(content) : content);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeLoosely(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

function inflate(bytes: Uint8Array): Buffer {
  return inflateSync(bytes, { maxOutputLength: MAX_TEXT_BYTES });
}

/** A chunk in parts that follow each other: length, type, data, checksum. */
export function chunk(type: string, ...data: Uint8Array[]): Uint8Array[] {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.reduce((length, part) => length + part.length, 0));
  head.write(type, 4, 'latin1');
  const check = Buffer.alloc(4);
  check.writeUInt32BE(data.reduce((crc, part) => crc32(part, crc), crc32(head.subarray(4))));
  return [head, ...data, check];
}

/** UTF-8 text under a keyword, not compressed (PNG third edition, 11.3.3.4: iTXt). */
export function textChunk(keyword: string, text: Uint8Array): Uint8Array[] {
  return chunk('iTXt', Buffer.from(`${keyword}\0\0\0\0\0`, 'latin1'), text);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
