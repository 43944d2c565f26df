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
 * Checks a PNG that is kept byte for byte while it is being received: the header, the checksum of each chunk, the end
 * chunk, that no required chunk is missing or unknown, and that the image data inflates to exactly the rows that the
 * header declares. Bytes after the end chunk are tolerated, as in every viewer. Throws ImageError.
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
        // An upper case letter marks a chunk that no decoder may skip.
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
 * Image data is inflated while it is received: some encoders write all of it as one chunk, and several MB at once would
 * block this thread. The checksum is only known at the end.
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

/** Below this, handing the data to another thread does not pay. */
const MIN_INFLATE_BYTES = 64 * 1024;

/**
 * Counts on another thread what the image data inflates to. The result is not kept, since it is much larger than the
 * file.
 */
class Inflation {
  readonly #inflate = createInflate({ chunkSize: 256 * 1024 });
  readonly #done = finished(this.#inflate);
  readonly #wanted: number;
  #size = 0;
  #problem: unknown;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  /** @param passes the expected rows */
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

  /** No more data will come. Throws ImageError if the data is damaged or not of the expected size. */
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
