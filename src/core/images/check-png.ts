import { finished } from 'node:stream/promises';
import { crc32, createInflate } from 'node:zlib';
import type { Size } from '../request/models.ts';
import type { ByteStreamBuffer } from './bytes.ts';
import { checkSize, ImageError } from './formats.ts';
import {
  checkCrc,
  chunksOf,
  contentOf,
  cutOff,
  readHeader,
  type Chunk,
  type PngHeader,
} from './png.ts';
import { passesOf, RowCheck, type Palette, type Pass } from './png-rows.ts';

/**
 * Checks a PNG that is to be kept byte for byte, while it is received: the header, the checksum of each chunk, the end
 * chunk, that no chunk is missing or unknown that a decoder needs, and that the image data inflates to exactly the rows
 * that the header promises. Bytes after the end chunk are tolerated, as every viewer does. Throws ImageError.
 */
export async function checkPng(source: ByteStreamBuffer): Promise<Size> {
  let header: PngHeader | undefined;
  let palette: Palette | undefined;
  let image: Inflation | undefined;
  try {
    for await (const chunk of chunksOf(source.read)) {
      const { type } = chunk;
      if (type === 'IDAT' && header) {
        image ??= inflationOf(header, palette);
        for await (const piece of piecesOf(chunk, source)) image.add(piece);
        continue;
      }
      const content = await contentOf(chunk, source.read);
      if (!header) {
        header = readHeader(chunk, content);
        checkSize(header);
      } else if (type === 'PLTE' && header.colorType === INDEXED_COLOR) {
        if (palette) throw new ImageError('pictureDamaged', 'two PLTE');
        palette = readPalette(content, header);
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

function readPalette({ length }: Uint8Array, { bits }: PngHeader): Palette {
  if (length === 0 || length % 3 !== 0 || length > 3 * 256)
    throw new ImageError('pictureDamaged', 'PLTE');
  return { colors: length / 3, bits };
}

function inflationOf(header: PngHeader, palette: Palette | undefined): Inflation {
  if (header.colorType === INDEXED_COLOR && !palette)
    throw new ImageError('pictureDamaged', 'no PLTE');
  return new Inflation(passesOf(header, header.bits, header.interlaced), palette);
}

/**
 * Image data as it is received: some encoders write all of it as one chunk, and some MB at once would hold up this
 * thread. The checksum is known at the end.
 */
async function* piecesOf(
  { type, at, length }: Chunk,
  source: ByteStreamBuffer,
): AsyncGenerator<Uint8Array> {
  let crc = crc32(type);
  for (let from = at; from < at + length;) {
    const received = await source.waitFor(from + 1);
    if (received.length <= from) throw cutOff();
    const piece = received.subarray(from, at + length);
    crc = crc32(piece, crc);
    yield piece;
    from += piece.length;
  }
  checkCrc(type, crc, await source.read(at + length, 4));
}

/** Less is not worth handing to another thread. */
const MIN_INFLATE_BYTES = 64 * 1024;

/** What image data inflates to, counted on another thread. It is not kept, since it takes much more memory than the file. */
class Inflation {
  readonly #inflate = createInflate({ chunkSize: 256 * 1024 });
  readonly #done = finished(this.#inflate);
  readonly #wanted: number;
  #size = 0;
  #problem: unknown;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  /** @param passes the rows that it has to have */
  constructor(passes: readonly Pass[], palette: Palette | undefined) {
    this.#wanted = passes.reduce((sum, { rows, rowBytes }) => sum + rows * rowBytes, 0);
    const rows = new RowCheck(passes, palette);
    this.#done.catch(() => {
      /* `end` throws it */
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

  /** No more will come. Throws ImageError where it is damaged, or not of the size that is wanted. */
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
