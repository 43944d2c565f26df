import type { Pixels } from './encode.ts';

/**
 * The rows of a PNG, each behind the number of its filter: the one whose bytes, as signed numbers, have the smallest
 * sum, which is the heuristic that the PNG specification recommends (12.7).
 */
export function filterRows({ width, height, channels, rgba }: Pixels): Uint8Array {
  const stride = width * channels;
  const rows = new Uint8Array(height * (stride + 1));
  let above = new Uint8Array(stride);
  let current = new Uint8Array(stride);
  const candidates = Array.from({ length: 5 }, () => new Uint8Array(stride));
  for (let y = 0; y < height; y++) {
    pick(rgba, y * width * 4, channels, current);
    let best = 0;
    let smallest = Infinity;
    for (let type = 0; type < 5; type++) {
      const sum = filter(type, current, above, channels, candidates[type] as Uint8Array, smallest);
      if (sum < smallest) { [best, smallest] = [type, sum]; }
    }
    rows[y * (stride + 1)] = best;
    rows.set(candidates[best] as Uint8Array, y * (stride + 1) + 1);
    [above, current] = [current, above];
  }
  return rows;
}

/** One row of the wanted channels out of RGBA. */
function pick(rgba: Uint8ClampedArray, start: number, channels: number, row: Uint8Array): void {
  if (channels === 4) {
    row.set(rgba.subarray(start, start + row.length));
    return;
  }
  for (let to = 0, from = start; to < row.length; from += 4) {
    for (let channel = 0; channel < channels; channel++) { row[to++] = rgba[from + channel] as number; }
  }
}

/** Filters one row and returns the sum of its bytes as signed magnitudes; gives up once the sum passes `limit`. */
function filter(type: number, row: Uint8Array, above: Uint8Array, pixel: number, out: Uint8Array, limit: number): number {
  let sum = 0;
  for (let i = 0; i < row.length && sum < limit; i++) {
    const left = i < pixel ? 0 : row[i - pixel] as number;
    const up = above[i] as number;
    let predicted = 0;
    switch (type) {
      case 1: predicted = left; break;
      case 2: predicted = up; break;
      case 3: predicted = left + up >> 1; break;
      case 4: predicted = paeth(left, up, i < pixel ? 0 : above[i - pixel] as number); break;
    }
    const value = (row[i] as number) - predicted & 0xff;
    out[i] = value;
    sum += value < 128 ? value : 256 - value;
  }
  return sum;
}

function paeth(left: number, up: number, upLeft: number): number {
  const guess = left + up - upLeft;
  const [toLeft, toUp, toUpLeft] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - upLeft)];
  if (toLeft <= toUp && toLeft <= toUpLeft) { return left; }
  return toUp <= toUpLeft ? up : upLeft;
}
