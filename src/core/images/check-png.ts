import { finished } from 'node:stream/promises';
import { crc32, createInflate } from 'node:zlib';
import type { Size } from '../request/models.ts';
import type { ByteStreamBuffer } from '../output/byte-stream-buffer.ts';
import { passesOf, RowCheck, type Palette, type Pass } from './png-rows.ts';
import { checkSize, ImageError } from './problem.ts';

/** Samples a pixel and the bits that each may have, by colour type (PNG third edition, table 8 and 11.2.1). */
const colorTypes: Record<number, { samples: number; bits: number[] }> = {
  0: { samples: 1, bits: [1, 2, 4, 8, 16] },
  2: { samples: 3, bits: [8, 16] },
  3: { samples: 1, bits: [1, 2, 4, 8] },
  4: { samples: 2, bits: [8, 16] },
  6: { samples: 4, bits: [8, 16] },
};

/**
 * Checks a PNG that is to be kept byte for byte, while it arrives: the header, the checksum of each chunk, the end chunk,
 * that no chunk is missing or unknown that a decoder needs, and that the image data inflates to exactly the rows that the
 * header promises. Bytes after the end chunk are tolerated, as every viewer does. Throws PictureProblem.
 */
export async function checkPng(source: ByteStreamBuffer): Promise<Size> {
  let header: Header | undefined;
  let palette: Palette | undefined;
  let image: Inflation | undefined;
  try {
    for await (const { type, content } of arrivingChunks(source)) {
      if (!header) {
        header = readHeader(type, content);
      } else if (type === 'PLTE' && header.colorType === INDEXED_COLOR) {
        if (palette) throw new ImageError('pictureDamaged', 'two PLTE');
        palette = readPalette(content, header);
      } else if (type === 'IDAT') {
        image ??= inflationOf(header, palette);
        image.add(content);
      } else if (type === 'IHDR' || (!needed.has(type) && /^[A-Z]/.test(type))) {
        // an upper case letter: no decoder may pass over it
        throw new ImageError('pictureDamaged', type);
      }
    }
    if (!header || !image) throw new ImageError('pictureDamaged', header ? 'IDAT' : 'IHDR');
    await image.end();
    return { width: header.width, height: header.height };
  } finally {
    image?.stop();
  }
}

/** Chunks that every decoder knows (PNG third edition, 11.2). */
const needed = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND']);
/** The colour type of pixels that are indexes into a palette. */
const INDEXED_COLOR = 3;

function readPalette({ length }: Uint8Array, { bits }: Header): Palette {
  if (length === 0 || length % 3 !== 0 || length > 3 * 256)
    throw new ImageError('pictureDamaged', 'PLTE');
  return { colors: length / 3, bits };
}

function inflationOf(header: Header, palette: Palette | undefined): Inflation {
  if (header.colorType === INDEXED_COLOR && !palette)
    throw new ImageError('pictureDamaged', 'no PLTE');
  return new Inflation(passesOf(header, header.bits, header.interlaced), palette);
}

/** Every chunk up to the end chunk, which has to be there. */
export function* chunks(bytes: Uint8Array): Generator<Chunk> {
  for (let at = 8, type = ''; type !== 'IEND';) {
    const chunk = chunkAt(bytes, at);
    yield chunk;
    ({ type, end: at } = chunk);
  }
}

/** The same of what is still on its way; image data comes in pieces. */
async function* arrivingChunks(source: ByteStreamBuffer): AsyncGenerator<Omit<Chunk, 'end'>> {
  for (let at = 8, type = ''; type !== 'IEND';) {
    const head = await source.waitFor(at + 12);
    const end = endOf(head, at);
    if (end === Infinity) throw cutOff();
    type = typeAt(head, at);
    if (type === 'IDAT') yield* arrivingData(source, at, end);
    else yield chunkAt(await source.waitFor(end), at);
    at = end;
  }
}

/** As it arrives: some encoders write all of it as one chunk, and some MB at once would hold up this thread. The checksum is told of at the end. */
async function* arrivingData(
  source: ByteStreamBuffer,
  at: number,
  end: number,
): AsyncGenerator<Omit<Chunk, 'end'>> {
  const type = 'IDAT';
  let crc = crc32(type);
  let from = at + 8;
  do {
    // an empty one counts, too
    const bytes = await source.waitFor(from + 1);
    if (bytes.length <= from) throw cutOff();
    const content = bytes.subarray(from, end - 4);
    crc = crc32(content, crc);
    yield { type, content };
    from += content.length;
  } while (from < end - 4);
  checkCrc(crc, await source.waitFor(end), type, end);
}

/** Where it ends is in bytes of the file. */
interface Chunk {
  type: string;
  content: Uint8Array;
  end: number;
}

function chunkAt(bytes: Uint8Array, at: number): Chunk {
  const end = endOf(bytes, at);
  if (end > bytes.length) throw cutOff();
  const type = typeAt(bytes, at);
  checkCrc(crc32(bytes.subarray(at + 4, end - 4)), bytes, type, end);
  return { type, content: bytes.subarray(at + 8, end - 4), end };
}

function typeAt(bytes: Uint8Array, at: number): string {
  const type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
  if (!/^[A-Za-z]{4}$/.test(type)) throw new ImageError('pictureDamaged', 'no chunk');
  return type;
}

/** @param end of the chunk, whose last four bytes are its checksum */
function checkCrc(crc: number, bytes: Uint8Array, type: string, end: number): void {
  if (end > bytes.length) throw cutOff();
  if (crc !== viewOf(bytes).getUint32(end - 4))
    throw new ImageError('pictureDamaged', `CRC of ${type}`);
}

function cutOff(): ImageError {
  return new ImageError('pictureDamaged', 'cut off');
}

/** Infinite where the bytes end before it can be told. */
function endOf(bytes: Uint8Array, at: number): number {
  return at + 12 > bytes.length ? Infinity : at + 12 + viewOf(bytes).getUint32(at);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Less is not worth the way to another thread and back; in bytes. */
const MIN_INFLATE_BYTES = 64 * 1024;

/** What image data inflates to, counted on another thread. It is not kept: it takes much more memory than the file. */
class Inflation {
  readonly #inflate = createInflate({ chunkSize: 256 * 1024 });
  readonly #done = finished(this.#inflate);
  readonly #wanted: number;
  #size = 0;
  #problem: unknown;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  /** @param passes the rows that it has to be */
  constructor(passes: readonly Pass[], palette: Palette | undefined) {
    this.#wanted = passes.reduce((sum, { rows, rowBytes }) => sum + rows * rowBytes, 0);
    const rows = new RowCheck(passes, palette);
    this.#done.catch(() => {
      /* `end` tells */
    });
    this.#inflate.on('data', (data: Uint8Array) => {
      this.#size += data.length;
      try {
        rows.add(data);
      } catch (error) {
        this.#problem ??= error;
      }
      if (this.#problem !== undefined || this.#size > this.#wanted) this.stop();
    });
  }

  add(data: Uint8Array): void {
    this.#waiting.push(data);
    this.#waitingBytes += data.length;
    if (this.#waitingBytes >= MIN_INFLATE_BYTES) this.#flush();
  }

  /** That was all. Throws PictureProblem where it is damaged, or not of the size that is wanted. */
  async end(): Promise<void> {
    this.#flush();
    this.#inflate.end();
    const whole = await this.#done.then(
      () => true,
      () => false,
    );
    if (this.#problem instanceof Error) throw this.#problem;
    if (!whole && this.#size <= this.#wanted) throw new ImageError('pictureDamaged', 'IDAT');
    if (this.#size !== this.#wanted) throw new ImageError('pictureDamaged', 'IDAT cut off');
  }

  stop(): void {
    this.#inflate.destroy();
  }

  #flush(): void {
    this.#inflate.write(Buffer.concat(this.#waiting));
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}

/** Bits are those of a pixel. */
interface Header extends Size {
  bits: number;
  colorType: number;
  interlaced: boolean;
}

/** Throws PictureProblem where it is none, or of more pixels than are taken. */
export function readHeader(type: string, content: Uint8Array): Header {
  if (type !== 'IHDR' || content.length !== 13) throw new ImageError('pictureDamaged', 'IHDR');
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  checkSize(width, height);
  const [bits = 0, colorType = 0, compression, filtering, interlacing = 0] = content.subarray(8);
  const color = colorTypes[colorType];
  if (!color?.bits.includes(bits) || compression !== 0 || filtering !== 0 || interlacing > 1)
    throw new ImageError('pictureDamaged', 'IHDR');
  return { width, height, bits: bits * color.samples, colorType, interlaced: interlacing === 1 };
}
