import { crc32, inflateSync } from 'node:zlib';
import type { PlacedChunk, Read } from './png-chunks.ts';

/** Of a text, and of the chunk that holds it; in bytes. What is larger is not read: it may be made to fill the memory. */
export const MAX_TEXT_BYTES = 1024 * 1024;

/** The keyword of a chunk that holds text; undefined for any other. */
export async function keywordOf(
  { type, at, length }: PlacedChunk,
  read: Read,
): Promise<string | undefined> {
  if (type !== 'iTXt' && type !== 'zTXt' && type !== 'tEXt') return undefined;
  const head = Buffer.from(await read(at, Math.min(length, 80))); // a keyword has 79 bytes at most, then comes a zero
  const end = head.indexOf(0);
  return end < 0 ? undefined : head.toString('latin1', 0, end);
}

/** The text of such a chunk (PNG third edition, 11.3.3). Undefined where it is damaged, too large, or in no encoding that it may have. */
export async function readText(
  { type, at, length }: PlacedChunk,
  read: Read,
): Promise<string | undefined> {
  if (length > MAX_TEXT_BYTES) return undefined;
  const bytes = Buffer.from(await read(at - 4, length + 8)); // type, data, checksum
  if (bytes.length < length + 8 || crc32(bytes.subarray(0, -4)) !== bytes.readUInt32BE(length + 4))
    return undefined;
  try {
    return decode(type, bytes.subarray(4, -4));
  } catch {
    return undefined;
  }
}

/** Throws where it does not fit. Some programs turn one kind of text into another and leave it in UTF-8, so that is tried first. */
function decode(type: string, data: Buffer): string {
  const text = data.subarray(data.indexOf(0) + 1);
  if (type === 'tEXt') return decodeLoosely(text);
  if (type === 'zTXt') return decodeLoosely(inflate(text.subarray(1)));
  const translated = text.indexOf(0, 2) + 1; // behind two flags stand a language and a translated keyword, each ended by a zero
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
