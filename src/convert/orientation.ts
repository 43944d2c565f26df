import { readOrientation, resetOrientation, resetOrientationInXmp } from '../core/images/exif.ts';
import type { Decodable, LoadCodec, Metadata, Pixels } from './codec.ts';

/** The pixels as they are displayed, and metadata that says so. Throws as `decode` does. */
export async function decodeUpright(
  { metadata, decode }: Decodable,
  loadCodec: LoadCodec,
): Promise<{ pixels: Pixels; metadata: Metadata }> {
  const { exif, xmp } = metadata;
  return {
    pixels: turn(await decode(loadCodec), exif ? readOrientation(exif) : 1),
    metadata: {
      ...metadata,
      ...(exif && { exif: resetOrientation(exif) }),
      ...(xmp && { xmp: resetOrientationInXmp(xmp) }),
    },
  };
}

/** @param orientation of EXIF, 1 to 8 */
function turn(pixels: Pixels, orientation: number): Pixels {
  if (orientation === 1) return pixels;
  const { width, height } = pixels;
  const source = new Uint32Array(pixels.rgba.buffer, pixels.rgba.byteOffset, width * height);
  const turned = orientation >= 5;
  const [newWidth, newHeight] = turned ? [height, width] : [width, height];
  const target = new Uint32Array(width * height);
  // Seen from the upright picture: 2, 3, 7, 8 count x from the right, 3, 4, 6, 7 count y from the bottom; from 5 on they are swapped.
  const mirrorX = [2, 3, 7, 8].includes(orientation);
  const mirrorY = [3, 4, 6, 7].includes(orientation);
  for (let y = 0; y < newHeight; y++) {
    for (let x = 0; x < newWidth; x++) {
      const [u, v] = turned ? [y, x] : [x, y];
      const sourceX = mirrorX ? width - 1 - u : u;
      const sourceY = mirrorY ? height - 1 - v : v;
      target[y * newWidth + x] = source[sourceY * width + sourceX] ?? 0;
    }
  }
  return {
    ...pixels,
    width: newWidth,
    height: newHeight,
    rgba: new Uint8ClampedArray(target.buffer),
  };
}
