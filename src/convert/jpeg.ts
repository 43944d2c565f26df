import decoder from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
import { ImageError, checkSize } from '../core/images/problem.ts';
import { isFrame } from '../core/images/pixel-count.ts';
import { instantiate, type Decoded, type Factory } from './codec.ts';
import type { Decodable, Metadata } from './to-png.ts';

interface Decoder {
  decode(bytes: Uint8Array, applyOrientation: boolean): Decoded;
}

/**
 * Reads the segments of a JPEG (ITU T.81). Throws PictureProblem for one that is cut off, since the decoder would fill
 * the rest with grey, and for colour models and processes that it cannot do rightly.
 */
export function readJpeg(bytes: Uint8Array): Decodable {
  const metadata: Metadata = {};
  const profile: Uint8Array[] = [];
  let components = 0;
  for (const { marker, segment } of segments(bytes)) {
    if (marker === 0xe1) {
      const exif = named(segment, 'Exif\0\0');
      const xmp = named(segment, 'http://ns.adobe.com/xap/1.0/\0');
      if (exif) metadata.exif ??= exif;
      if (xmp) metadata.xmp ??= xmp;
    } else if (marker === 0xe2) {
      const part = named(segment, 'ICC_PROFILE\0');
      if (part) profile.push(part);
    } else if (isFrame(marker)) {
      components = readFrame(marker, segment);
    }
  }
  if (components === 0) throw new ImageError('pictureDamaged', 'no frame');
  const icc = joinProfile(profile);
  if (icc) metadata.icc = icc;
  return {
    metadata,
    decode: async loadCodec => {
      const codec = await instantiate(decoder as Factory<Decoder>, 'mozjpeg_dec.wasm', loadCodec);
      codec.complaints.length = 0;
      const image = codec.module.decode(bytes, false);
      // Data that breaks off or makes no sense is only complained about, and the pixels are made up.
      const complaint = codec.complaints.find(line => /^(Corrupt|Premature)/.test(line));
      if (!image || complaint !== undefined)
        throw new ImageError('pictureDamaged', complaint ?? 'cannot be decoded');
      return {
        width: image.width,
        height: image.height,
        channels: components === 1 ? 1 : 3,
        rgba: image.data,
      };
    },
  };
}

/** Every segment up to the end marker, which has to be there; what follows it is nobody's. */
function* segments(bytes: Uint8Array): Generator<{ marker: number; segment: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; ;) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++; // fill bytes
    const marker = bytes[at + 1];
    if (marker === 0xd9 && bytes[at] === 0xff) return;
    if (marker === undefined || at + 4 > bytes.length)
      throw new ImageError('pictureDamaged', 'cut off');
    if (bytes[at] !== 0xff) throw new ImageError('pictureDamaged', 'no marker');
    const end = at + 2 + view.getUint16(at + 2);
    if (end < at + 4 || end > bytes.length) throw new ImageError('pictureDamaged', 'cut off');
    yield { marker, segment: bytes.subarray(at + 4, end) };
    at = marker === 0xda ? endOfScan(bytes, end) : end;
  }
}

/** Where the next marker stands after entropy-coded data, in which FF is followed by 0 or by a restart marker. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

/** Checks a frame header and returns its number of components. */
function readFrame(marker: number, segment: Uint8Array): number {
  if (segment.length < 6) throw new ImageError('pictureDamaged', 'cut off');
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  const [bits, components] = [view.getUint8(0), view.getUint8(5)];
  if (bits !== 8) throw new ImageError('pictureUnsupported', `${bits} bit JPEG`);
  if (![0xc0, 0xc1, 0xc2].includes(marker))
    throw new ImageError('pictureUnsupported', `JPEG SOF${marker - 0xc0}`);
  if (components !== 1 && components !== 3)
    throw new ImageError(
      'pictureUnsupported',
      components === 4 ? 'CMYK JPEG' : `JPEG, ${components} components`,
    );
  checkSize(view.getUint16(3), view.getUint16(1));
  return components;
}

/** An ICC profile from its parts, each behind its number from 1 and their count; undefined where one is missing. */
function joinProfile(parts: Uint8Array[]): Uint8Array | undefined {
  const sorted = parts.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  const whole =
    sorted.length > 0 &&
    sorted.every((part, index) => part[0] === index + 1 && part[1] === sorted.length);
  return whole ? Buffer.concat(sorted.map(part => part.subarray(2))) : undefined;
}

/** What follows the name of an APP segment. */
function named(segment: Uint8Array, name: string): Uint8Array | undefined {
  return Buffer.from(segment.subarray(0, name.length)).toString('latin1') === name
    ? segment.subarray(name.length)
    : undefined;
}
