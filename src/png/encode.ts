import { promisify } from 'node:util';
import { crc32, deflate as deflateCallback } from 'node:zlib';
import { filterRows } from './filter.ts';
import type { Metadata } from './to-png.ts';

const deflate = promisify(deflateCallback);

/** Decoded pixels, 8 bits each. */
export interface Pixels {
  width: number;
  height: number;
  /** What the source had: grey, RGB or RGB with alpha. */
  channels: 1 | 3 | 4;
  /** Four bytes a pixel, whatever the channels. */
  rgba: Uint8ClampedArray;
}

const colorTypes = { 1: 0, 3: 2, 4: 6 } as const;
export const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A PNG of exactly these pixels, with the metadata in its chunks (PNG third edition: iCCP, eXIf, iTXt). */
export async function encodePng(pixels: Pixels, { icc, exif, xmp }: Metadata): Promise<Uint8Array> {
  const { width, height, channels } = pixels;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colorTypes[channels]], 8); // bits, colour type; then the only compression, filtering, and no interlace
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...icc ? [chunk('iCCP', Buffer.concat([Buffer.from('ICC profile\0\0', 'latin1'), await deflate(icc)]))] : [],
    ...exif ? [chunk('eXIf', exif)] : [],
    ...xmp ? [chunk('iTXt', Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\0\0\0\0', 'latin1'), xmp]))] : [],
    chunk('IDAT', await deflate(filterRows(pixels), { level: 6, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([frame, body, check]);
}
