import { crc32, inflateSync } from 'node:zlib';
import { signature } from './encode.ts';
import { checkSize, PictureProblem } from './problem.ts';

/** Samples a pixel by colour type (PNG, table 11.1). */
const samples: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * Checks a PNG that is to be kept byte for byte: signature, the checksum of each chunk, and that the image data
 * inflates to as much as the header promises. Bytes after the end chunk are tolerated. Throws PictureProblem.
 */
export function readPng(bytes: Uint8Array): { width: number; height: number } {
  if (!signature.every((byte, index) => bytes[index] === byte)) { throw new PictureProblem('notAPicture', ''); }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  let header: Header | undefined;
  let type = '';
  for (let at = 8; type !== 'IEND';) {
    if (at + 12 > bytes.length) { throw new PictureProblem('pictureDamaged', 'cut off'); }
    const size = view.getUint32(at);
    const end = at + 8 + size;
    if (end + 4 > bytes.length) { throw new PictureProblem('pictureDamaged', 'cut off'); }
    type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) { throw new PictureProblem('pictureDamaged', `checksum of ${type}`); }
    const content = bytes.subarray(at + 8, end);
    if (type === 'IHDR') { header = readHeader(content); }
    if (type === 'IDAT') { data.push(content); }
    at = end + 4;
  }
  if (!header) { throw new PictureProblem('pictureDamaged', 'no header'); }
  const size = header.interlaced ? interlacedSize(header) : rowsSize(header.width, header.height, header.bits);
  let inflated: number;
  try {
    inflated = inflateSync(Buffer.concat(data), { maxOutputLength: size + 1 }).length;
  } catch (error) {
    throw new PictureProblem('pictureDamaged', (error as Error).message);
  }
  if (inflated !== size) { throw new PictureProblem('pictureDamaged', 'the image data ends early'); }
  return { width: header.width, height: header.height };
}

interface Header { width: number; height: number; bits: number; interlaced: boolean }

function readHeader(content: Uint8Array): Header {
  if (content.length !== 13) { throw new PictureProblem('pictureDamaged', 'header'); }
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  checkSize(width, height);
  const each = samples[view.getUint8(9)];
  if (each === undefined) { throw new PictureProblem('pictureDamaged', 'colour type'); }
  return { width, height, bits: view.getUint8(8) * each, interlaced: view.getUint8(12) === 1 };
}

/** Bytes of so many rows, each behind its filter's number. */
function rowsSize(width: number, height: number, bits: number): number {
  return width === 0 ? 0 : height * (1 + Math.ceil(width * bits / 8));
}

/** Bytes of the seven passes of Adam7. */
function interlacedSize({ width, height, bits }: Header): number {
  const passes = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]] as const;
  return passes.reduce((sum, [x, y, stepX, stepY]) =>
    sum + rowsSize(Math.ceil(Math.max(width - x, 0) / stepX), Math.ceil(Math.max(height - y, 0) / stepY), bits), 0);
}
