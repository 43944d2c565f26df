import webpEncoder from '@jsquash/webp/codec/enc/webp_enc.js';
import { defaultOptions } from '@jsquash/webp/meta.js';
import { initSync, resize } from '@jsquash/resize/lib/resize/pkg/squoosh_resize.js';
import { sniff } from '../core/pictures/sniff.ts';
import { instantiate, type Factory } from './codec.ts';
import type { Pixels } from './encode.ts';
import { readJpeg } from './jpeg.ts';
import { orient, readOrientation, resetOrientation, resetOrientationInXmp } from './orientation.ts';
import { readPngPixels } from './png-pixels.ts';
import { PictureProblem } from './problem.ts';
import type { Decodable, LoadCodec, Metadata } from './to-png.ts';
import { chunks, readWebp } from './webp.ts';

interface Encoder { encode(rgba: Uint8ClampedArray, width: number, height: number, options: object): Uint8Array | null }

/** In pixels. */
export interface WebPicture { webp: Uint8Array; width: number; height: number }

/** Looks like the original on a page, at about a tenth of its bytes. */
const quality = 80;
/** The filter of the resizer that keeps edges: Lanczos 3. */
const lanczos = 3;

/**
 * The picture as WebP at each of the widths, in pixels, with its metadata and upright. A width that is not below its own
 * is made at its own. Throws PictureProblem; after anything else that is thrown the codecs must not be used again.
 */
export async function toWebp(bytes: Uint8Array, widths: readonly number[], loadCodec: LoadCodec): Promise<WebPicture[]> {
  const { metadata, decode } = reader(bytes);
  const { exif, xmp } = metadata;
  const pixels = orient(await decode(loadCodec), exif ? readOrientation(exif) : 1);
  const upright = { ...metadata, ...exif && { exif: resetOrientation(exif) }, ...xmp && { xmp: resetOrientationInXmp(xmp) } };
  const { module } = await instantiate(webpEncoder as Factory<Encoder>, 'webp_enc.wasm', loadCodec);
  initSync(await loadCodec('squoosh_resize_bg.wasm'));
  return widths.map(wanted => {
    const { width, height, rgba } = narrowed(pixels, wanted);
    const encoded = module.encode(rgba, width, height, { ...defaultOptions, quality });
    if (!encoded) { throw new PictureProblem('pictureTooLarge', `${width}×${height}`); }
    return { webp: withMetadata(encoded, upright, width, height), width, height };
  });
}

function reader(bytes: Uint8Array): Decodable {
  const format = sniff(bytes);
  switch (format) {
    case 'png': return readPngPixels(bytes);
    case 'jpeg': return readJpeg(bytes);
    case 'webp': return readWebp(bytes);
    case undefined: throw new PictureProblem('notAPicture');
    default: throw new PictureProblem('pictureUnsupported', format.toUpperCase());
  }
}

function narrowed(pixels: Pixels, width: number): { width: number; height: number; rgba: Uint8ClampedArray } {
  if (width >= pixels.width) { return pixels; }
  const height = Math.max(1, Math.round(pixels.height * width / pixels.width));
  const source = new Uint8Array(pixels.rgba.buffer, pixels.rgba.byteOffset, pixels.rgba.length);
  const rgba = resize(source, pixels.width, pixels.height, width, height, lanczos, pixels.channels === 4, true);
  return { width, height, rgba };
}

/** RFC 9649, Extended File Format: the header, the colour profile, the picture, then EXIF and XMP. */
function withMetadata(webp: Uint8Array, { icc, exif, xmp }: Metadata, width: number, height: number): Uint8Array {
  if (!icc && !exif && !xmp) { return webp.slice(); }
  const image = [...chunks(webp)].filter(({ name }) => /^(ALPH|VP8 |VP8L)$/.test(name));
  const alpha = image.some(({ name, data }) => name === 'ALPH' || name === 'VP8L' && ((data[4] ?? 0) & 0x10) !== 0);
  const header = Buffer.alloc(10);
  header[0] = (icc ? 0x20 : 0) | (alpha ? 0x10 : 0) | (exif ? 0x08 : 0) | (xmp ? 0x04 : 0);
  header.writeUIntLE(width - 1, 4, 3);
  header.writeUIntLE(height - 1, 7, 3);
  const all = [
    { name: 'VP8X', data: header }, ...icc ? [{ name: 'ICCP', data: icc }] : [], ...image,
    ...exif ? [{ name: 'EXIF', data: exif }] : [], ...xmp ? [{ name: 'XMP ', data: xmp }] : [],
  ];
  const whole = new Uint8Array(12 + all.reduce((length, { data }) => length + 8 + data.length + (data.length & 1), 0));
  const buffer = Buffer.from(whole.buffer);
  buffer.write('RIFF....WEBP', 'latin1');
  buffer.writeUInt32LE(whole.length - 8, 4);
  let at = 12;
  for (const { name, data } of all) {
    buffer.write(name, at, 'latin1');
    buffer.writeUInt32LE(data.length, at + 4);
    whole.set(data, at + 8);
    at += 8 + data.length + (data.length & 1);
  }
  return whole;
}
