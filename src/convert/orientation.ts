import type { Pixels } from './encode.ts';

/** Where the orientation tag's value (a 16-bit number) stands in an EXIF TIFF structure, if it does. */
function locate(exif: Uint8Array): { view: DataView; at: number; little: boolean } | undefined {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  if (exif.length < 14) return undefined;
  const little = view.getUint16(0) === 0x4949;
  if (!little && view.getUint16(0) !== 0x4d4d) return undefined;
  const directory = view.getUint32(4, little);
  if (directory + 2 > exif.length) return undefined;
  const entries = view.getUint16(directory, little);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > exif.length) return undefined;
    if (view.getUint16(at, little) === 0x0112) return { view, at: at + 8, little };
  }
  return undefined;
}

/** EXIF orientation, 1 to 8; 1 (upright) where none stands. */
export function readOrientation(exif: Uint8Array): number {
  const place = locate(exif);
  const value = place?.view.getUint16(place.at, place.little) ?? 1;
  return value >= 1 && value <= 8 ? value : 1;
}

/** The same EXIF with an upright orientation, so that nothing turns the pixels a second time. */
export function resetOrientation(exif: Uint8Array): Uint8Array {
  const copy = new Uint8Array(exif); // a Buffer's slice() would be the same memory
  const place = locate(copy);
  place?.view.setUint16(place.at, 1, place.little);
  return copy;
}

/** The same for XMP, which may say it once more: as an attribute or as an element. */
export function resetOrientationInXmp(xmp: Uint8Array): Uint8Array {
  const text = Buffer.from(xmp).toString('latin1'); // byte for byte
  return Buffer.from(
    text.replace(/(?<=\btiff:Orientation\s*(?:=\s*["']|>)\s*)[2-8]/g, '1'),
    'latin1',
  );
}

/** The pixels as they are meant to be seen. */
export function orient(pixels: Pixels, orientation: number): Pixels {
  if (orientation === 1) return pixels;
  const { width, height } = pixels;
  const source = new Uint32Array(pixels.rgba.buffer, pixels.rgba.byteOffset, width * height);
  const turned = orientation >= 5;
  const [newWidth, newHeight] = turned ? [height, width] : [width, height];
  const target = new Uint32Array(width * height);
  // Seen from the upright picture: 2, 3, 7, 8 count x from the right, 3, 4, 6, 7 count y from the bottom; from 5 on they change places.
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
