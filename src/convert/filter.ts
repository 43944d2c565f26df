import type { LoadCodec, Pixels } from './codec.ts';

/** What `assembly/filter.ts` exports. Addresses and sizes are in bytes. */
interface Exports {
  memory: { readonly buffer: ArrayBuffer };
  begin: () => number;
  filter: (
    rgba: number,
    out: number,
    lines: number,
    width: number,
    rows: number,
    channels: number,
    adler: number,
  ) => number;
}

/**
 * Filters the rows from one to before another, each behind the number of its filter, to the beginning of `out`. Takes the
 * Adler-32 (RFC 1950) of the rows before, 1 at the first, and returns that of all until here.
 */
export type FilterRows = (
  pixels: Pixels,
  from: number,
  to: number,
  out: Uint8Array,
  adler: number,
) => number;

/** Rows go to the WebAssembly module so many bytes of RGBA at a time, which stay in the cache of a core. */
const BATCH_BYTES = 128 * 1024;
/** For the zeros around each of the two lines. */
const PADDING_BYTES = 64;

let loaded: Promise<FilterRows> | undefined;

/** One instance for the life of this worker: it keeps nothing from one call to the next. */
export function loadFilter(loadCodec: LoadCodec): Promise<FilterRows> {
  return (loaded ??= start(loadCodec));
}

async function start(loadCodec: LoadCodec): Promise<FilterRows> {
  const { memory, begin, filter } = new WebAssembly.Instance(await loadCodec('filter.wasm'), {})
    .exports as unknown as Exports;
  const bytes = new Uint8Array(memory.buffer);
  const source = begin();
  return ({ width, channels, rgba }, from, to, out, adler) => {
    const [stride, length] = [width * 4, width * channels + 1];
    const most = Math.max(1, Math.floor(BATCH_BYTES / stride));
    const lines = source + (most + 1) * stride;
    const target = lines + 2 * length + PADDING_BYTES; // the widest JPEG has 65,535 pixels: two megabytes are enough for all
    for (let row = from; row < to; row += most) {
      const count = Math.min(most, to - row);
      if (row === 0) bytes.fill(0, source, source + stride);
      const above = Math.max(0, row - 1);
      bytes.set(
        rgba.subarray(above * stride, (row + count) * stride),
        source + (above - row + 1) * stride,
      );
      adler = filter(source, target, lines, width, count, channels, adler) >>> 0;
      out.set(bytes.subarray(target, target + count * length), (row - from) * length);
    }
    return adler;
  };
}
