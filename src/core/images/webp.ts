import type { Size } from '../request/models.ts';
import type { Read } from './bytes.ts';
import { ImageError } from './formats.ts';

/** A chunk of a WebP (RFC 9649, 2.3): its name, and where its data is; in bytes. */
export interface RiffChunk {
  name: string;
  at: number;
  length: number;
}

const HEADER_BYTES = 12;

/** The length of a WebP in bytes by its header; what follows is not part of it. */
export function declaredLength(head: Uint8Array): number {
  return uint24(head, 4) + (head[7] ?? 0) * 2 ** 24 + 8;
}

/** The chunks of a WebP. Throws ImageError if one extends beyond the end. */
export async function* riffChunksOf(read: Read): AsyncGenerator<RiffChunk> {
  const end = declaredLength(await read(0, HEADER_BYTES));
  for (let at = HEADER_BYTES; at + 8 <= end;) {
    const head = Buffer.from(await read(at, 8));
    if (head.length < 8) throw new ImageError('pictureDamaged', 'cut off');
    const length = head.readUInt32LE(4);
    if (at + 8 + length > end) throw new ImageError('pictureDamaged', 'chunk cut off');
    yield { name: head.toString('latin1', 0, 4), at: at + 8, length };
    at += 8 + length + (length & 1);
  }
}

/**
 * The picture's size by a chunk that has it: VP8X, VP8 or VP8L (RFC 9649, 2.5 to 2.7). Undefined for other chunks. Throws
 * ImageError if it is damaged.
 */
export function sizeInChunk(name: string, data: Uint8Array): Size | undefined {
  switch (name) {
    case 'VP8X':
      if (data.length < 10) break;
      return { width: 1 + uint24(data, 4), height: 1 + uint24(data, 7) };
    case 'VP8 ': // the frame header: 3 bytes tag, 3 bytes start code, 14 bits of width and of height
      if (data.length < 10) break;
      if (uint24(data, 3) !== 0x2a019d) throw new ImageError('pictureDamaged', 'no key frame');
      return { width: uint24(data, 6) & 0x3fff, height: uint24(data, 8) & 0x3fff };
    case 'VP8L': // signature, then 14 bits of width - 1, of height - 1, and whether alpha is used
      if (data.length < 5) break;
      if (data[0] !== 0x2f) throw new ImageError('pictureDamaged', 'no lossless signature');
      return {
        width: 1 + (uint24(data, 1) & 0x3fff),
        height: 1 + ((uint24(data, 2) >> 6) & 0x3fff),
      };
    default:
      return undefined;
  }
  throw new ImageError('pictureDamaged', `${name.trim()} cut off`);
}

export function isAnimated(vp8x: Uint8Array): boolean {
  return ((vp8x[0] ?? 0) & 0x02) !== 0;
}

/** Whether a chunk declares transparency. */
export function hasAlpha({ name, data }: { name: string; data: Uint8Array }): boolean {
  return name === 'ALPH' || (name === 'VP8L' && ((data[4] ?? 0) & 0x10) !== 0);
}

/** A WebP made of these chunks. */
export function writeWebp(chunks: readonly { name: string; data: Uint8Array }[]): Uint8Array {
  const whole = new Uint8Array(
    HEADER_BYTES +
      chunks.reduce((length, { data }) => length + 8 + data.length + (data.length & 1), 0),
  );
  const buffer = Buffer.from(whole.buffer);
  buffer.write('RIFF....WEBP', 'latin1');
  buffer.writeUInt32LE(whole.length - 8, 4);
  let at = HEADER_BYTES;
  for (const { name, data } of chunks) {
    buffer.write(name, at, 'latin1');
    buffer.writeUInt32LE(data.length, at + 4);
    whole.set(data, at + 8);
    at += 8 + data.length + (data.length & 1);
  }
  return whole;
}

/** Little-endian; missing bytes count as 0. */
function uint24(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}
