// AssemblyScript, compiled by esbuild.mjs to dist/codecs/filter.wasm; src/convert/filter.ts calls it. In plain JavaScript this
// costs as much as all the rest of a conversion.

/** A line of samples has this many zeros before it: what is left of the first pixel. 16 bytes after it may be overwritten. */
const pad: usize = 16;

/** Sixteen ones, then zeros: from here a mask of any length can be taken. */
const masks: usize = memory.data<u8>([
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/** The largest number of bytes after which Adler-32 has to be reduced (RFC 1950), cut to whole vectors. */
const reduceAfter: usize = 5_552;

/**
 * Of a row that is longer, in bytes, a quarter tells which filter is best, in each row another one: files of photos and
 * drawings are 0.6 % larger at most in the bench, and filtered in half the time.
 */
const longRow: usize = 2_048;

/** Where the caller may put things. */
export function begin(): usize {
  return __heap_base + 15 & ~15;
}

/**
 * Filters so many rows of RGBA at `rgba`, which the row above them precedes (zeros above the first one of a picture), to
 * `out`, where 16 bytes more may be overwritten. `lines` has room for two lines and their padding, and is zero at first.
 * Returns the Adler-32 of what went before and of these rows.
 */
export function filter(rgba: usize, out: usize, lines: usize, width: usize, rows: usize, channels: usize, adler: u32): u32 {
  const length = width * channels;
  let above = lines + pad;
  let line = above + length + 2 * pad;
  memory.fill(lines, 0, 2 * (length + 2 * pad));
  pick(rgba, above, width, channels);
  for (let row: usize = 0; row < rows; row++) {
    rgba += width * 4;
    pick(rgba, line, width, channels);
    const type = cheapest(line, above, channels, length, row);
    store<u8>(out, type);
    write(type, line, above, channels, length, out + 1);
    adler = checksum(adler, out, length + 1);
    out += length + 1;
    const free = above;
    above = line;
    line = free;
  }
  return adler;
}

/** The wanted channels of a row of RGBA: grey, RGB, or all. */
function pick(rgba: usize, line: usize, width: usize, channels: usize): void {
  if (channels == 4) {
    memory.copy(line, rgba, width * 4);
    return;
  }
  let x: usize = 0;
  if (channels == 3) {
    for (; x + 4 <= width; x += 4) {
      const four = v128.load(rgba + x * 4);
      v128.store(line + x * 3, v128.shuffle<u8>(four, four, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15));
    }
  }
  for (; x < width; x++) {
    for (let channel: usize = 0; channel < channels; channel++) {
      store<u8>(line + x * channels + channel, load<u8>(rgba + x * 4 + channel));
    }
  }
}

/**
 * The filter whose bytes, as signed numbers, need the fewest bits in all; the first of equal ones. The sum of the numbers
 * themselves, which the PNG specification recommends (12.7), makes files that are 1 % larger for photos and 10 % for
 * drawings: one large number at an edge outweighs a hundred zeros, which cost next to nothing.
 */
function cheapest(line: usize, above: usize, channels: usize, length: usize, row: usize): u32 {
  const all = length < longRow;
  const step: usize = all ? 16 : 64;
  let none: u32 = 0;
  let sub: u32 = 0;
  let up: u32 = 0;
  let average: u32 = 0;
  let paeth: u32 = 0;
  for (let at: usize = all ? 0 : (row & 3) * 16; at < length;) {
    // Sums of 16 bits hold the 16 bits that two bytes can need 4,095 times.
    const end = min(at + 32_768, length);
    let sums0 = i16x8.splat(0);
    let sums1 = i16x8.splat(0);
    let sums2 = i16x8.splat(0);
    let sums3 = i16x8.splat(0);
    let sums4 = i16x8.splat(0);
    for (; at < end; at += step) {
      const mask = v128.load(masks + (at + 16 <= length ? 0 : at + 16 - length));
      const x = v128.load(line + at);
      const left = v128.load(line + at - channels);
      const over = v128.load(above + at);
      sums0 = i16x8.add(sums0, bits(v128.and(x, mask)));
      sums1 = i16x8.add(sums1, bits(v128.and(i8x16.sub(x, left), mask)));
      sums2 = i16x8.add(sums2, bits(v128.and(i8x16.sub(x, over), mask)));
      sums3 = i16x8.add(sums3, bits(v128.and(i8x16.sub(x, mean(left, over)), mask)));
      sums4 = i16x8.add(sums4, bits(v128.and(i8x16.sub(x, nearest(left, over, v128.load(above + at - channels))), mask)));
    }
    none += total(i32x4.extadd_pairwise_i16x8_u(sums0));
    sub += total(i32x4.extadd_pairwise_i16x8_u(sums1));
    up += total(i32x4.extadd_pairwise_i16x8_u(sums2));
    average += total(i32x4.extadd_pairwise_i16x8_u(sums3));
    paeth += total(i32x4.extadd_pairwise_i16x8_u(sums4));
  }
  const least = min(none, min(min(sub, up), min(average, paeth)));
  return least == none ? 0 : least == sub ? 1 : least == up ? 2 : least == average ? 3 : 4;
}

/** The row as differences from what this filter predicts. */
function write(type: u32, line: usize, above: usize, channels: usize, length: usize, out: usize): void {
  switch (type) {
    case 0:
      memory.copy(out, line, length);
      break;
    case 1:
      for (let at: usize = 0; at < length; at += 16) { v128.store(out + at, i8x16.sub(v128.load(line + at), v128.load(line + at - channels))); }
      break;
    case 2:
      for (let at: usize = 0; at < length; at += 16) { v128.store(out + at, i8x16.sub(v128.load(line + at), v128.load(above + at))); }
      break;
    case 3:
      for (let at: usize = 0; at < length; at += 16) {
        v128.store(out + at, i8x16.sub(v128.load(line + at), mean(v128.load(line + at - channels), v128.load(above + at))));
      }
      break;
    default:
      for (let at: usize = 0; at < length; at += 16) {
        v128.store(out + at, i8x16.sub(v128.load(line + at), nearest(v128.load(line + at - channels), v128.load(above + at), v128.load(above + at - channels))));
      }
  }
}

/** Rounded down. */
// @ts-ignore: decorator
@inline
function mean(left: v128, over: v128): v128 {
  return i8x16.sub(i8x16.avgr_u(left, over), v128.and(v128.xor(left, over), i8x16.splat(1)));
}

/** Paeth's predictor: of the three the one that is nearest to left + over - corner. */
// @ts-ignore: decorator
@inline
function nearest(left: v128, over: v128, corner: v128): v128 {
  const toLeft = distance(over, corner);
  const toOver = distance(left, corner);
  // left + over - 2 corner is the sum of two differences; they work against each other where the corner lies between.
  const between = v128.xor(i8x16.gt_u(left, corner), i8x16.gt_u(over, corner));
  const toCorner = v128.bitselect(distance(toLeft, toOver), i8x16.add_sat_u(toLeft, toOver), between);
  const least = i8x16.min_u(i8x16.min_u(toLeft, toOver), toCorner);
  return v128.bitselect(left, v128.bitselect(over, corner, i8x16.eq(least, toOver)), i8x16.eq(least, toLeft));
}

// @ts-ignore: decorator
@inline
function distance(a: v128, b: v128): v128 {
  return v128.or(i8x16.sub_sat_u(a, b), i8x16.sub_sat_u(b, a));
}

/** How many bits the magnitudes of the signed bytes need, each two added up. */
// @ts-ignore: decorator
@inline
function bits(bytes: v128): v128 {
  const magnitudes = i8x16.abs(bytes);
  const low = i8x16.swizzle(i8x16(0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4), v128.and(magnitudes, i8x16.splat(15)));
  const high = i8x16.swizzle(i8x16(0, 5, 6, 6, 7, 7, 7, 7, 8, 8, 8, 8, 8, 8, 8, 8), i8x16.shr_u(magnitudes, 4));
  return i16x8.extadd_pairwise_i8x16_u(i8x16.max_u(low, high));
}

/** Adler-32 (RFC 1950) of what went before and of these bytes. */
function checksum(adler: u32, from: usize, length: usize): u32 {
  let a = adler & 0xffff;
  let b = adler >> 16;
  while (length >= 16) {
    const size = min(length & ~15, reduceAfter);
    let sums = i32x4.splat(0);
    let sumsBefore = i32x4.splat(0);
    let weighted = i32x4.splat(0);
    for (const end = from + size; from < end; from += 16) {
      const bytes = v128.load(from);
      sumsBefore = i32x4.add(sumsBefore, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)));
      weighted = i32x4.add(weighted, i32x4.add(
        i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(bytes), i16x8(16, 15, 14, 13, 12, 11, 10, 9)),
        i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(bytes), i16x8(8, 7, 6, 5, 4, 3, 2, 1))));
    }
    b = (b + a * <u32>size + 16 * total(sumsBefore) + total(weighted)) % 65_521;
    a = (a + total(sums)) % 65_521;
    length -= size;
  }
  for (; length > 0; length--) {
    a = (a + load<u8>(from++)) % 65_521;
    b = (b + a) % 65_521;
  }
  return b << 16 | a;
}

// @ts-ignore: decorator
@inline
function total(sums: v128): u32 {
  return i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
}
