import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflate as deflateCallback } from 'node:zlib';
import jpegEncoder from '@jsquash/jpeg/codec/enc/mozjpeg_enc.js';
import { defaultOptions as jpegOptions } from '@jsquash/jpeg/meta.js';
import webpEncoder from '@jsquash/webp/codec/enc/webp_enc.js';
import { defaultOptions as webpOptions } from '@jsquash/webp/meta.js';
import { join } from '../../core/images/bytes.ts';
import { chunk, PNG_SIGNATURE } from '../../core/images/png.ts';

export type DrawingFormat = 'webp' | 'jpeg' | 'png';

interface Encoder {
  encode(
    rgba: Uint8ClampedArray,
    width: number,
    height: number,
    options: object,
  ): Uint8Array | null;
}
/** An Emscripten module as the codec packages ship it; their own types need globals that they do not ship. */
type Factory = (options: { noInitialRun: true; wasmBinary: Uint8Array }) => Promise<Encoder>;

const deflate = promisify(deflateCallback);

/** @param codecs the folder of the WebAssembly codecs */
export async function encode(
  format: DrawingFormat,
  rgba: Uint8ClampedArray,
  width: number,
  height: number,
  codecs: URL,
): Promise<Uint8Array> {
  switch (format) {
    case 'webp': // the fastest method: a demo picture is viewed once
      return run(webpEncoder as Factory, 'webp_enc.wasm', {
        ...webpOptions,
        quality: 88,
        method: 0,
      });
    case 'jpeg':
      return run(jpegEncoder as Factory, 'mozjpeg_enc.wasm', {
        ...jpegOptions,
        quality: 90,
        progressive: false,
        optimize_coding: false,
      });
    case 'png':
      return encodePng(rgba, width, height);
  }
  async function run(factory: Factory, file: string, options: object): Promise<Uint8Array> {
    const encoder = await factory({
      noInitialRun: true,
      wasmBinary: await readFile(new URL(file, codecs)),
    });
    const bytes = encoder.encode(rgba, width, height, options);
    if (!bytes) throw new Error(`The ${format} encoder refused ${width}×${height}.`);
    return bytes.slice();
  }
}

async function encodePng(
  rgba: Uint8ClampedArray,
  width: number,
  height: number,
): Promise<Uint8Array> {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0, to = 0; y < height; y++) {
    rows[to++] = 1; // each byte minus that of the pixel to the left
    for (let x = 0, from = y * width * 4; x < width; x++, from += 4) {
      for (let channel = 0; channel < 3; channel++)
        rows[to++] =
          ((rgba[from + channel] as number) - (x > 0 ? (rgba[from + channel - 4] as number) : 0)) &
          0xff;
    }
  }
  const header = Buffer.from('00000000000000000802000000', 'hex');
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return join([
    PNG_SIGNATURE,
    ...chunk('IHDR', header),
    ...chunk('IDAT', await deflate(rows, { level: 1 })),
    ...chunk('IEND'),
  ]);
}
