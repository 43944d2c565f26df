import { promisify } from 'node:util';
import { constants, deflateRaw as deflateRawCallback, type ZlibOptions } from 'node:zlib';
import type { Pixels } from './encode.ts';
import type { FilterRows } from './filter.ts';
import { reuse } from './pixel-memory.ts';

const deflateRaw = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRawCallback);

/** Rows are deflated in strips of about so many bytes: enough of them for all cores, and few enough to lose nothing. */
const STRIP_BYTES = 1024 * 1024;
/** So many strips are under way at once: Node's thread pool has four threads. */
const MAX_CONCURRENT_STRIPS = 4;
/** A deflated stream refers back at most so many bytes (RFC 1951). */
const WINDOW_BYTES = 32 * 1024;
/** How much of the picture is tried, in three places; in bytes each. */
const SAMPLE_BYTES = 64 * 1024;

/**
 * Huffman codes and runs of one byte, against a search for what was there before. A search finds next to nothing in rows
 * that a filter went over, and what it does find costs more bits than its bytes: photos and shaded drawings are smaller
 * without it, in a fifth of the time. Not so flat drawings with the same shapes again and again.
 */
const ways = {
  runs: { strategy: constants.Z_RLE, memLevel: 9 },
  search: { level: 5, memLevel: 9 },
} as const;

/** The zlib stream (RFC 1950) of the filtered rows, in parts. The memory of the pixels belongs to others afterwards. Strips are deflated on other threads while the next one is filtered. */
export async function deflateRows(pixels: Pixels, filter: FilterRows): Promise<Uint8Array[]> {
  const { width, height, channels } = pixels;
  const bytesOfRow = width * channels + 1;
  const rowsOf = (bytes: number) => Math.ceil(bytes / bytesOfRow);
  const way = pick(
    [0.2, 0.5, 0.8].map(place => {
      const from = Math.floor(place * height);
      const to = Math.min(height, from + rowsOf(SAMPLE_BYTES));
      const rows = new Uint8Array((to - from) * bytesOfRow);
      filter(pixels, from, to, rows, 1);
      return rows;
    }),
  );
  const parts: Promise<Uint8Array>[] = [];
  /** Memory of strips that are done: memory that was never touched costs more than what is done with it. */
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
      way
        .then(options =>
          deflateRaw(rows, {
            ...options,
            ...(options === ways.search && dictionary && { dictionary }),
            finishFlush: to < height ? constants.Z_SYNC_FLUSH : constants.Z_FINISH,
            chunkSize: rows.length + 1_024, // more than ever comes out, so that it comes in one piece
          }),
        )
        .then(deflated => {
          free.push(memory);
          return deflated;
        }),
    );
    before = rows.slice(-WINDOW_BYTES);
  }
  reuse(pixels.rgba);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(adler);
  return [Uint8Array.of(0x78, 0x5e), ...(await Promise.all(parts)), tail];
}

/** The way that makes the samples smaller. */
async function pick(samples: Uint8Array[]): Promise<(typeof ways)[keyof typeof ways]> {
  const sizes = await Promise.all(
    Object.values(ways).map(async options => {
      const deflated = await Promise.all(
        samples.map(rows => deflateRaw(rows, { ...options, chunkSize: rows.length + 1_024 })),
      );
      return deflated.reduce((size, { length }) => size + length, 0);
    }),
  );
  const [runs = 0, search = 0] = sizes;
  return runs <= search ? ways.runs : ways.search;
}
