import { imageFormatOf } from './formats.ts';

/**
 * How many pixels the header of a WebP or JPEG promises; 0 where it makes no sense, and for other formats, whose pixels
 * are not held in memory. It is enough to plan by: what is decoded is checked by the decoder.
 */
export function declaredPixels(bytes: Uint8Array): number {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (imageFormatOf(bytes)) {
    case 'webp':
      return ofWebp(content);
    case 'jpeg':
      return ofJpeg(content);
    default:
      return 0;
  }
}

/** By the first chunk (RFC 9649, 2.5 to 2.7). */
function ofWebp(content: Buffer): number {
  if (content.length < 30) return 0;
  switch (content.toString('latin1', 12, 16)) {
    case 'VP8X':
      return (1 + content.readUIntLE(24, 3)) * (1 + content.readUIntLE(27, 3));
    case 'VP8 ':
      return (content.readUInt16LE(26) & 0x3fff) * (content.readUInt16LE(28) & 0x3fff);
    case 'VP8L':
      return (
        (1 + (content.readUInt16LE(21) & 0x3fff)) *
        (1 + ((content.readUInt32LE(21) >> 14) & 0x3fff))
      );
    default:
      return 0;
  }
}

/** By the first frame header (ITU T.81, B.2.2). */
function ofJpeg(content: Buffer): number {
  for (let at = 2; at + 9 <= content.length && content[at] === 0xff;) {
    const marker = content.readUInt8(at + 1);
    if (marker === 0xff) {
      // a fill byte
      at++;
    } else if (isFrame(marker)) {
      return content.readUInt16BE(at + 5) * content.readUInt16BE(at + 7);
    } else {
      at += 2 + content.readUInt16BE(at + 2);
    }
  }
  return 0;
}

/** Whether a JPEG's marker begins a frame: SOF0 to SOF15 without DHT, JPG and DAC (ITU T.81, table B.1). */
export function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}
