import type { Size } from '../request/models.ts';
import { ImageError } from './formats.ts';

/** One of the passes of a PNG's rows: a single one, or the seven of Adam7. `rowBytes` includes the filter byte. */
export interface Pass {
  width: number;
  rows: number;
  rowBytes: number;
}

/** @param bits per pixel */
export function passesOf({ width, height }: Size, bits: number, interlaced: boolean): Pass[] {
  const steps = interlaced
    ? ([
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
      ] as const)
    : ([[0, 0, 1, 1]] as const);
  return steps
    .map(([x, y, stepX, stepY]) => {
      const columns = Math.ceil(Math.max(width - x, 0) / stepX);
      return {
        width: columns,
        rows: columns === 0 ? 0 : Math.ceil(Math.max(height - y, 0) / stepY),
        rowBytes: 1 + Math.ceil((columns * bits) / 8),
      };
    })
    .filter(({ rows }) => rows > 0);
}

/** The number of colours of a palette, and the bits of an index into it. */
export interface Palette {
  colors: number;
  bits: number;
}

/**
 * Checks inflated rows as they come: each begins with a valid filter (PNG third edition, 9), and no index is outside the
 * palette. Rows are unfiltered only for the second check, and only if an index could be outside.
 */
export class RowCheck {
  readonly #passes: Pass[];
  readonly #palette: Palette | undefined;
  #pass: Pass | undefined;
  #rowsLeft = 0;
  #bytesLeft = 0;
  #filter = 0;
  #row = new Uint8Array();
  #above = new Uint8Array();

  constructor(passes: readonly Pass[], palette?: Palette) {
    this.#passes = [...passes];
    this.#palette = palette && palette.colors < 2 ** palette.bits ? palette : undefined;
  }

  /** Throws ImageError. Data beyond the last row is ignored. */
  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#bytesLeft === 0) {
        if (!this.#begin(bytes[at] ?? 0)) return;
        at++;
      }
      const end = Math.min(bytes.length, at + this.#bytesLeft);
      if (this.#palette) this.#unfilter(bytes.subarray(at, end));
      this.#bytesLeft -= end - at;
      if (this.#palette && this.#bytesLeft === 0) this.#checkIndexes(this.#palette);
      at = end;
    }
  }

  /** Starts a row. False if there is none left. */
  #begin(filter: number): boolean {
    if (this.#rowsLeft === 0) {
      this.#pass = this.#passes.shift();
      this.#rowsLeft = this.#pass?.rows ?? 0;
      if (this.#palette) this.#row = new Uint8Array((this.#pass?.rowBytes ?? 1) - 1);
    }
    if (!this.#pass) return false;
    if (filter > 4) throw new ImageError('pictureDamaged', `filter ${filter}`);
    this.#above = this.#row;
    if (this.#palette) this.#row = new Uint8Array(this.#above.length);
    this.#filter = filter;
    this.#rowsLeft--;
    this.#bytesLeft = this.#pass.rowBytes - 1;
    return true;
  }

  /** An index takes at most a byte, so the pixel to the left is always the previous byte. */
  #unfilter(bytes: Uint8Array): void {
    const [row, above, filter] = [this.#row, this.#above, this.#filter];
    let x = row.length - this.#bytesLeft;
    for (const byte of bytes) {
      const left = row[x - 1] ?? 0;
      const up = above[x] ?? 0;
      row[x++] =
        byte +
        (filter === 0
          ? 0
          : filter === 1
            ? left
            : filter === 2
              ? up
              : filter === 3
                ? (left + up) >> 1
                : paeth(left, up, above[x - 2] ?? 0));
    }
  }

  #checkIndexes({ colors, bits }: Palette): void {
    for (let x = 0; x < (this.#pass?.width ?? 0); x++) {
      const bit = x * bits;
      const index = ((this.#row[bit >> 3] ?? 0) >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
      if (index >= colors) throw new ImageError('pictureDamaged', `color ${index} of ${colors}`);
    }
  }
}

/** PNG third edition, 9.4. */
function paeth(left: number, up: number, upLeft: number): number {
  const [a, b, c] = [
    Math.abs(up - upLeft),
    Math.abs(left - upLeft),
    Math.abs(left + up - 2 * upLeft),
  ];
  return a <= b && a <= c ? left : b <= c ? up : upLeft;
}
