import type { Size } from '../request/models.ts';
import type { Read } from './bytes.ts';
import { ImageError } from './formats.ts';

/** A segment of a JPEG (ITU T.81, B.1.1.4): its marker, and where its data is; in bytes. */
export interface Segment {
  marker: number;
  at: number;
  length: number;
}

/** Markers of segments (ITU T.81, table B.1). */
export const APP1 = 0xe1;
export const APP2 = 0xe2;
export const SOS = 0xda;
const EOI = 0xd9;

/** How much is searched at once for a marker. */
const FILL_BYTES = 256;
const SCAN_BYTES = 256 * 1024;

/**
 * The segments of a JPEG up to its end marker, which must exist; what follows is not read. Throws ImageError if it is
 * truncated or a segment is not followed by another.
 */
export async function* segmentsOf(read: Read): AsyncGenerator<Segment> {
  for (let at = 2; ;) {
    const bytes = await read(at, FILL_BYTES);
    let fill = 0;
    while (bytes[fill] === 0xff && bytes[fill + 1] === 0xff) fill++;
    const head = bytes.subarray(fill, fill + 4);
    at += fill;
    if (fill > 0 && head.length < 4 && bytes.length === FILL_BYTES) continue;
    const [mark, marker = 0, high = 0, low = 0] = head;
    if (mark === 0xff && marker === EOI) return;
    if (head.length < 4) throw cutOff();
    if (mark !== 0xff) throw new ImageError('pictureDamaged', 'no marker');
    const length = (high << 8) + low - 2;
    if (length < 0) throw cutOff();
    yield { marker, at: at + 4, length };
    at += 4 + length;
    if (marker === SOS) at = await endOfScan(read, at);
  }
}

/** Where the next marker is after entropy-coded data, in which FF is followed by 0 or by a restart marker. */
async function endOfScan(read: Read, from: number): Promise<number> {
  for (let start = from; ;) {
    const bytes = await read(start, SCAN_BYTES);
    if (bytes.length < 2) return start + bytes.length;
    for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
      const next = bytes[at + 1];
      if (next === undefined) break; // at the start of the next part
      if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return start + at;
    }
    start += bytes.length - 1;
  }
}

/** Whether a marker begins a frame: SOF0 to SOF15 without DHT, JPG and DAC (ITU T.81, table B.1). */
export function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** What a frame header says (ITU T.81, B.2.2). */
export interface Frame extends Size {
  /** Of a sample. */
  bits: number;
  components: number;
}

/** @param content of a segment whose marker begins a frame. Throws ImageError where it is too short. */
export function readFrame(content: Uint8Array): Frame {
  if (content.length < 6) throw cutOff();
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  return {
    width: view.getUint16(3),
    height: view.getUint16(1),
    bits: view.getUint8(0),
    components: view.getUint8(5),
  };
}

/** The content after the name of an APP segment; undefined if it has another name. */
export function namedContent(content: Uint8Array, name: string): Uint8Array | undefined {
  return Buffer.from(content.subarray(0, name.length)).toString('latin1') === name
    ? content.subarray(name.length)
    : undefined;
}

/** The name of the segment that holds EXIF. */
export const EXIF_NAME = 'Exif\0\0';

function cutOff(): ImageError {
  return new ImageError('pictureDamaged', 'cut off');
}
