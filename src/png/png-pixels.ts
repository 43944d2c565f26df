import { inflateSync } from 'node:zlib';
import { convertIndexedToRgb, decode, type DecodedPng } from 'fast-png';
import type { Pixels } from './encode.ts';
import { chunks, readPng } from './png.ts';
import { PictureProblem } from './problem.ts';
import type { Decodable, Metadata } from './to-png.ts';

/** Profiles of printers have some MB. In bytes. */
const mostProfile = 16_000_000;

/** Reads a PNG for its pixels. Throws PictureProblem as `readPng` does, which looks at the image data when it is decoded. */
export function readPngPixels(bytes: Uint8Array): Decodable {
  const metadata = metadataOf(bytes);
  const decode = async () => {
    await readPng(bytes);
    return pixelsOf(bytes);
  };
  return { metadata, decode };
}

/** PNG third edition: iCCP is compressed; iTXt has its keyword, two flags and two names before the text. */
function metadataOf(bytes: Uint8Array): Metadata {
  const metadata: Metadata = {};
  const xmpHead = 'XML:com.adobe.xmp\0\0\0\0\0';
  for (const { type, content } of chunks(bytes)) {
    switch (type) {
      case 'eXIf': metadata.exif = content; break;
      case 'iCCP': {
        const icc = profileOf(content);
        if (icc) { metadata.icc = icc; }
        break;
      }
      case 'iTXt':
        if (Buffer.from(content.subarray(0, xmpHead.length)).toString('latin1') === xmpHead) { metadata.xmp = content.subarray(xmpHead.length); }
        break;
    }
  }
  return metadata;
}

/** A profile that is no profile, or a bomb, is none: the picture is shown without it. */
function profileOf(content: Uint8Array): Uint8Array | undefined {
  try {
    return inflateSync(content.subarray(content.indexOf(0) + 2), { maxOutputLength: mostProfile });
  } catch {
    return undefined;
  }
}

function pixelsOf(bytes: Uint8Array): Pixels {
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: false }); // `readPng` has done it
  } catch (error) {
    throw new PictureProblem('pictureUnsupported', error instanceof Error ? error.message : 'PNG');
  }
  const { width, height } = png;
  const { samples, channels } = samplesOf(png);
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  const grey = channels < 3;
  const alpha = channels % 2 === 0;
  const opaque = channels - (alpha ? 1 : 0);
  // A color that stands for transparent (tRNS), in the depth of the samples.
  const clear = png.palette ? [] : [...png.transparency ?? []];
  const shift = png.depth === 16 ? 8 : 0;
  for (let to = 0, from = 0; to < rgba.length; to += 4, from += channels) {
    for (let channel = 0; channel < 3; channel++) { rgba[to + channel] = (samples[from + (grey ? 0 : channel)] as number) >> shift; }
    if (alpha) {
      rgba[to + 3] = (samples[from + opaque] as number) >> shift;
    } else if (clear.length === opaque && clear.every((value, channel) => value === samples[from + channel])) {
      rgba[to + 3] = 0;
    }
  }
  return { width, height, channels: alpha || clear.length > 0 ? 4 : 3, rgba };
}

/** Palettes and grey of less than 8 bits are unpacked. */
function samplesOf(png: DecodedPng): { samples: ArrayLike<number>; channels: number } {
  if (png.palette) { return { samples: convertIndexedToRgb(png), channels: png.palette[0]?.length ?? 3 }; }
  if (png.depth >= 8) { return { samples: png.data, channels: png.channels }; }
  const most = (1 << png.depth) - 1;
  const palette = Array.from({ length: most + 1 }, (_, value) => [Math.round(value * 255 / most)]);
  const clear = png.transparency?.[0];
  if (clear !== undefined) { palette.forEach((entry, value) => entry.push(value === clear ? 0 : 255)); }
  return { samples: convertIndexedToRgb({ ...png, palette }), channels: clear === undefined ? 1 : 2 };
}
