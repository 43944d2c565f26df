import { crc32 } from 'node:zlib';

/** A chunk of a PNG file (PNG third edition, 5.3): its type, and where its data stands; in bytes. */
export interface PlacedChunk {
  type: string;
  at: number;
  length: number;
}

/** Bytes of a file; fewer where it ends. */
export type Read = (at: number, length: number) => Uint8Array | Promise<Uint8Array>;

export function readerOf(file: Blob): Read {
  return (at, length) => file.slice(at, at + length).bytes();
}

export const pngSignature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** The keyword of the text that is XMP (XMP specification part 3, 1.1.5). */
export const xmpKeyword = 'XML:com.adobe.xmp';
/** The keyword of the text that tells how a picture was made, as JSON. */
export const settingsKeyword = 'jimeng';

/** More than there are in any picture: 80 MiB in the 8 KiB pieces that libpng writes. */
const MAX_CHUNKS = 10_000;

/** The chunks of a PNG in their order, without their data, as far as they can be followed. Nothing of a file that is no PNG. */
export async function* chunksOf(read: Read): AsyncGenerator<PlacedChunk> {
  if (!Buffer.from(pngSignature).equals(await read(0, 8))) return;
  for (let at = 8, count = 0; count < MAX_CHUNKS; count++) {
    const head = Buffer.from(await read(at, 8));
    if (head.length < 8) return;
    const length = head.readUInt32BE(0);
    const type = head.toString('latin1', 4);
    if (!/^[A-Za-z]{4}$/.test(type)) return;
    yield { type, at: at + 8, length };
    if (type === 'IEND') return;
    at += 12 + length;
  }
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

/** One array with memory of its own: `Buffer.concat` takes small ones from a pool, and a pool cannot go to another thread. */
export function join(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
