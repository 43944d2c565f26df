import { promisify } from 'node:util';
import {
  constants,
  deflate as deflateCallback,
  deflateRaw as deflateRawCallback,
  type ZlibOptions,
} from 'node:zlib';
import { join, release } from '../core/images/bytes.ts';
import { embed } from '../core/images/metadata.ts';
import { chunk, PNG_SIGNATURE, textChunk, XMP_KEYWORD } from '../core/images/png.ts';
import type { PictureSettings } from '../core/images/settings.ts';
import type { LoadCodec, Metadata, Pixels } from './codec.ts';
import { loadFilter, type FilterRows } from './filter.ts';

const deflate = promisify(deflateCallback);
const deflateRaw = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRawCallback);

const colorTypes = { 1: 0, 3: 2, 4: 6 } as const;

/**
 * A PNG of exactly these pixels, with the metadata in its chunks (PNG third edition: iCCP, eXIf, iTXt), and with the
 * settings.
 */
export async function encodePng(
  pixels: Pixels,
  { icc, exif, xmp }: Metadata,
  settings: PictureSettings | undefined,
  loadCodec: LoadCodec,
): Promise<Uint8Array> {
  const { width, height, channels } = pixels;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colorTypes[channels]], 8); // bits, colour type; then the only compression, filtering, and no interlace
  const front = join([
    PNG_SIGNATURE,
    ...chunk('IHDR', header),
    ...(icc && isFor(channels, icc)
      ? chunk('iCCP', Buffer.from('ICC profile\0\0', 'latin1'), await deflate(icc))
      : []),
    ...(exif ? chunk('eXIf', exif) : []),
    ...(xmp ? textChunk(XMP_KEYWORD, xmp) : []),
  ]);
  const parts = await deflateRows(pixels, await loadFilter(loadCodec));
  const png = join([
    settings ? await embed(front, settings) : front,
    ...chunk('IDAT', ...parts),
    ...chunk('IEND'),
  ]);
  for (const part of parts) if (part.buffer.byteLength > Buffer.poolSize) release(part); // a small one shares its memory
  return png;
}

/**
 * PNG allows grey profiles only for grey pictures and RGB profiles only for coloured ones; an ICC profile names its kind
 * at byte 16.
 */
function isFor(channels: Pixels['channels'], icc: Uint8Array): boolean {
  return (
    Buffer.from(icc.subarray(16, 20)).toString('latin1') === (channels === 1 ? 'GRAY' : 'RGB ')
  );
}

/** Rows are deflated in strips of about this size: enough strips for all cores, few enough to compress well. */
const STRIP_BYTES = 1024 * 1024;
/** This many strips are processed at once: Node's thread pool has four threads. */
const MAX_CONCURRENT_STRIPS = 4;
/** The window of a deflated stream (RFC 1951). */
const WINDOW_BYTES = 32 * 1024;
/** How much of the picture is sampled, at each of three positions. */
const SAMPLE_BYTES = 64 * 1024;

/**
 * Huffman codes and runs of one byte, against a search for what was there before. A search finds next to nothing in rows
 * that a filter went over, and what it does find costs more bits than its bytes: photos and shaded drawings are smaller
 * without it, in a fifth of the time. Flat drawings that repeat their shapes are not.
 */
const strategies = {
  runs: { strategy: constants.Z_RLE, memLevel: 9 },
  search: { level: 5, memLevel: 9 },
} as const;

/**
 * The zlib stream (RFC 1950) of the filtered rows, in parts. Consumes the pixels. Strips are deflated on other threads
 * while the next one is filtered.
 */
export async function deflateRows(pixels: Pixels, filter: FilterRows): Promise<Uint8Array[]> {
  const { width, height, channels } = pixels;
  const bytesOfRow = width * channels + 1;
  const rowsOf = (bytes: number) => Math.ceil(bytes / bytesOfRow);
  const strategy = pickStrategy(
    [0.2, 0.5, 0.8].map(position => {
      const from = Math.floor(position * height);
      const to = Math.min(height, from + rowsOf(SAMPLE_BYTES));
      const rows = new Uint8Array((to - from) * bytesOfRow);
      filter(pixels, from, to, rows, 1);
      return rows;
    }),
  );
  const parts: Promise<Uint8Array>[] = [];
  /** Memory of finished strips is reused: touching new memory costs more than the work itself. */
  const free: Uint8Array[] = [];
  let adler = 1;
  let before: Uint8Array | undefined;
  for (let from = 0; from < height; from += rowsOf(STRIP_BYTES)) {
    await parts[parts.length - MAX_CONCURRENT_STRIPS];
    const to = Math.min(height, from + rowsOf(STRIP_BYTES));
    const memory = free.pop() ?? new Uint8Array(rowsOf(STRIP_BYTES) * bytesOfRow);
    const rows = memory.subarray(0, (to - from) * bytesOfRow);
    adler = filter(pixels, from, to, rows, adler);
    const dictionary = before;
    parts.push(
      strategy
        .then(options =>
          deflateRaw(rows, {
            ...options,
            ...(options === strategies.search && dictionary && { dictionary }),
            finishFlush: to < height ? constants.Z_SYNC_FLUSH : constants.Z_FINISH,
            chunkSize: rows.length + 1_024, // larger than any output, so that it comes in one piece
          }),
        )
        .then(deflated => {
          free.push(memory);
          return deflated;
        }),
    );
    before = rows.slice(-WINDOW_BYTES);
  }
  release(pixels.rgba); // the allocator keeps it for the next picture: touching new memory costs more than filling it
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(adler);
  return [Uint8Array.of(0x78, 0x5e), ...(await Promise.all(parts)), tail];
}

/** The strategy that makes the samples smaller. */
async function pickStrategy(
  samples: Uint8Array[],
): Promise<(typeof strategies)[keyof typeof strategies]> {
  const sizes = await Promise.all(
    Object.values(strategies).map(async options => {
      const deflated = await Promise.all(
        samples.map(rows => deflateRaw(rows, { ...options, chunkSize: rows.length + 1_024 })),
      );
      return deflated.reduce((size, { length }) => size + length, 0);
    }),
  );
  const [runs = 0, search = 0] = sizes;
  return runs <= search ? strategies.runs : strategies.search;
}
