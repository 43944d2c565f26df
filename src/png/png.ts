import { finished } from 'node:stream/promises';
import { crc32, createInflate } from 'node:zlib';
import { checkSize, PictureProblem } from './problem.ts';

/** Samples a pixel and the bits that each may have, by colour type (PNG third edition, table 8 and 11.2.1). */
const colorTypes: Record<number, { samples: number; bits: number[] }> = {
  0: { samples: 1, bits: [1, 2, 4, 8, 16] },
  2: { samples: 3, bits: [8, 16] },
  3: { samples: 1, bits: [1, 2, 4, 8] },
  4: { samples: 2, bits: [8, 16] },
  6: { samples: 4, bits: [8, 16] },
};

/**
 * Checks a PNG that is to be kept byte for byte: the header, the checksum of each chunk, the end chunk, and that the
 * image data inflates to exactly as much as the header promises. Bytes after the end chunk are tolerated, as every
 * viewer does. Throws PictureProblem.
 */
export async function readPng(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  const data: Uint8Array[] = [];
  let header: Header | undefined;
  for (const { type, content } of chunks(bytes)) {
    if (!header) {
      header = readHeader(type, content);
    } else if (type === 'IDAT') {
      data.push(content);
    }
  }
  if (!header) { throw new PictureProblem('pictureDamaged', 'IHDR'); }
  const size = header.interlaced ? interlacedSize(header) : rowsSize(header.width, header.height, header.bits);
  if (!await inflatesTo(Buffer.concat(data), size)) { throw new PictureProblem('pictureDamaged', 'IDAT cut off'); }
  return { width: header.width, height: header.height };
}

/** Every chunk up to the end chunk, which has to be there. */
export function* chunks(bytes: Uint8Array): Generator<{ type: string; content: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let type = '';
  for (let at = 8; type !== 'IEND';) {
    const end = at + 12 > bytes.length ? Infinity : at + 12 + view.getUint32(at);
    if (end > bytes.length) { throw new PictureProblem('pictureDamaged', 'cut off'); }
    type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    if (!/^[A-Za-z]{4}$/.test(type)) { throw new PictureProblem('pictureDamaged', 'no chunk'); }
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) { throw new PictureProblem('pictureDamaged', `CRC of ${type}`); }
    yield { type, content: bytes.subarray(at + 8, end - 4) };
    at = end;
  }
}

/**
 * Whether the image data inflates to just so many bytes. They are counted, not kept: they take much more memory than the
 * file. It is inflated as a whole: each of a thousand small chunks would take a way to another thread and back.
 */
async function inflatesTo(data: Uint8Array, wanted: number): Promise<boolean> {
  let size = 0;
  const inflate = createInflate({ chunkSize: 256 * 1024 });
  inflate.on('data', (chunk: Uint8Array) => {
    size += chunk.length;
    if (size > wanted) { inflate.destroy(); }
  });
  inflate.end(data);
  try {
    await finished(inflate);
  } catch {
    if (size <= wanted) { throw new PictureProblem('pictureDamaged', 'IDAT'); }
  }
  return size === wanted;
}

/** Bits are those of a pixel. */
interface Header { width: number; height: number; bits: number; colorType: number; interlaced: boolean }

/** Throws PictureProblem where it is none, or of more pixels than are taken. */
export function readHeader(type: string, content: Uint8Array): Header {
  if (type !== 'IHDR' || content.length !== 13) { throw new PictureProblem('pictureDamaged', 'IHDR'); }
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  checkSize(width, height);
  const [bits = 0, colorType = 0, compression, filtering, interlacing = 0] = content.subarray(8);
  const color = colorTypes[colorType];
  if (!color?.bits.includes(bits) || compression !== 0 || filtering !== 0 || interlacing > 1) { throw new PictureProblem('pictureDamaged', 'IHDR'); }
  return { width, height, bits: bits * color.samples, colorType, interlaced: interlacing === 1 };
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
