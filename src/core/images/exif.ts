/** The offset of the orientation tag's value (a 16-bit number) in an EXIF TIFF structure, if it exists. */
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

/** EXIF orientation, 1 to 8; 1 (upright) by default. From 5 on width and height are swapped. */
export function readOrientation(exif: Uint8Array): number {
  const tag = locate(exif);
  const value = tag?.view.getUint16(tag.at, tag.little) ?? 1;
  return value >= 1 && value <= 8 ? value : 1;
}

/** The same EXIF with an upright orientation, so that no viewer rotates the pixels a second time. */
export function resetOrientation(exif: Uint8Array): Uint8Array {
  const copy = new Uint8Array(exif); // a Buffer's slice() would share the memory
  const tag = locate(copy);
  tag?.view.setUint16(tag.at, 1, tag.little);
  return copy;
}

/** The same for XMP, which may repeat the orientation as an attribute or an element. */
export function resetOrientationInXmp(xmp: Uint8Array): Uint8Array {
  const text = Buffer.from(xmp).toString('latin1'); // keeps every other byte
  return Buffer.from(
    text.replace(/(?<=\btiff:Orientation\s*(?:=\s*["']|>)\s*)[2-8]/g, '1'),
    'latin1',
  );
}
