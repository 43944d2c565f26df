import { promisify } from 'node:util';
import { deflate as deflateCallback } from 'node:zlib';
import { embed } from '../core/images/embed.ts';
import { chunk, join, pngSignature, textChunk, xmpKeyword } from '../core/images/png-chunks.ts';
import { release } from '../core/images/release.ts';
import type { PictureSettings } from '../core/images/settings.ts';
import { deflateRows } from './deflate.ts';
import { loadFilter } from './filter.ts';
import type { LoadCodec, Metadata } from './to-png.ts';

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

/** A PNG of exactly these pixels, with the metadata in its chunks (PNG third edition: iCCP, eXIf, iTXt), and with the settings. */
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
    pngSignature,
    ...chunk('IHDR', header),
    ...(icc && isFor(channels, icc)
      ? chunk('iCCP', Buffer.from('ICC profile\0\0', 'latin1'), await deflate(icc))
      : []),
    ...(exif ? chunk('eXIf', exif) : []),
    ...(xmp ? textChunk(xmpKeyword, xmp) : []),
  ]);
  const parts = await deflateRows(pixels, await loadFilter(loadCodec));
  const png = join([
    settings ? await embed(front, settings) : front,
    ...chunk('IDAT', ...parts),
    ...chunk('IEND'),
  ]);
  for (const part of parts) if (part.buffer.byteLength > Buffer.poolSize) release(part); // a small one may lie where others do
  return png;
}

/** PNG allows grey profiles for grey and RGB profiles for coloured pictures only; an ICC profile names its kind at byte 16. */
function isFor(channels: Pixels['channels'], icc: Uint8Array): boolean {
  return (
    Buffer.from(icc.subarray(16, 20)).toString('latin1') === (channels === 1 ? 'GRAY' : 'RGB ')
  );
}
