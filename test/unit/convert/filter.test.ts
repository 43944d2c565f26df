import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import { deflateRows } from '../../../src/convert/encode.ts';
import { loadFilter } from '../../../src/convert/filter.ts';
import { built } from '../../built.ts';

const loadCodec = async (name: string) =>
  WebAssembly.compile(await readFile(new URL(name, built.codecs)));

suite('filtered rows', () => {
  /** Something that no one filter is best for: even parts, slopes, edges and noise, always the same. */
  function pixelsOf(width: number, height: number, channels: 1 | 3 | 4) {
    const rgba = new Uint8ClampedArray(width * height * 4);
    let noise = 1;
    for (let at = 0; at < rgba.length; at++) {
      noise = (noise * 1_103_515_245 + 12_345) & 0x7fffffff;
      const [x, y] = [(at >> 2) % width, Math.floor((at >> 2) / width)];
      rgba[at] = [
        (noise >> 16) & 255,
        x * 3 + y,
        y * 5,
        (x ^ y) & 8 ? 255 : 0,
        128 + 100 * Math.sin((x * y) / 50),
      ][Math.floor(y / 3) % 5]!;
    }
    return { width, height, channels, rgba };
  }

  /** What a reader of a PNG does (third edition, 9.2). */
  function unfilter(rows: Uint8Array, width: number, height: number, channels: number): Uint8Array {
    const length = width * channels;
    const out = new Uint8Array(height * length);
    for (let y = 0; y < height; y++) {
      const type = rows[y * (length + 1)]!;
      for (let i = 0; i < length; i++) {
        const at = y * length + i;
        const left = i < channels ? 0 : out[at - channels]!;
        const up = y === 0 ? 0 : out[at - length]!;
        const corner = i < channels || y === 0 ? 0 : out[at - length - channels]!;
        const guess = left + up - corner;
        const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
        const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
        out[at] = rows[y * (length + 1) + 1 + i]! + [0, left, up, (left + up) >> 1, paeth][type]!;
      }
    }
    return out;
  }

  function adlerOf(bytes: Uint8Array): number {
    let [a, b] = [1, 0];
    for (const byte of bytes) {
      a = (a + byte) % 65_521;
      b = (b + a) % 65_521;
    }
    return b * 65_536 + a;
  }

  for (const channels of [1, 3, 4] as const) {
    test(`${channels} of 4 channels come back, whatever the width and wherever they are cut`, async () => {
      const filter = await loadFilter(loadCodec);
      const used = new Set<number>();
      for (const [width, height] of [
        ...Array.from({ length: 40 }, (_, index) => [index + 1, 31] as const),
        [5_563, 17],
        [65_535, 3],
      ] as const) {
        const pixels = pixelsOf(width, height, channels);
        const length = width * channels + 1;
        const rows = Buffer.alloc(height * length);
        const adler = filter(
          pixels,
          2,
          height,
          rows.subarray(2 * length),
          filter(pixels, 0, 2, rows, 1),
        );
        const wanted = new Uint8Array(pixels.rgba).filter((_, index) => index % 4 < channels);
        assert.ok(
          Buffer.from(unfilter(rows, width, height, channels)).equals(wanted),
          `${width}×${height}`,
        );
        assert.equal(adler, adlerOf(rows), `${width}×${height}`);
        for (let y = 0; y < height; y++) used.add(rows[y * length]!);
      }
      assert.deepEqual(
        [...used].sort(),
        [0, 1, 2, 3, 4],
        'each filter was the best one for some row',
      );
    });
  }

  test('strips make one zlib stream, with runs as with a search', async () => {
    const filter = await loadFilter(loadCodec);
    const noise = pixelsOf(900, 1_500, 4);
    // The same tile of noise again and again: only a search finds it.
    const tiles = new Uint8ClampedArray(noise.rgba.length);
    for (let at = 0; at < tiles.length; at++)
      tiles[at] =
        Math.imul(((at % 3_600) % 256) + 256 * (Math.floor(at / 3_600) % 4), 0x9e3779b1) >>> 24;
    for (const { rgba, most } of [
      { rgba: noise.rgba, most: 0.8 },
      { rgba: tiles, most: 0.05 },
    ]) {
      const pixels = { ...noise, rgba };
      const rows = Buffer.alloc(pixels.height * (pixels.width * 4 + 1));
      filter(pixels, 0, pixels.height, rows, 1);
      const stream = Buffer.concat(await deflateRows(pixels, filter));
      assert.ok(inflateSync(stream).equals(rows));
      assert.ok(stream.length < rows.length * most, `${stream.length} of ${rows.length}`);
    }
  });
});
