import type { Size } from '../request/models.ts';

/** More than the index of any short video, in bytes. */
const MAX_INDEX_BYTES = 32 * 1024 * 1024;

/** Detects a video's format by its first bytes; undefined if it is unknown. */
export function videoFormatOf(head: Uint8Array): 'mp4' | 'mov' | 'webm' | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 12)).toString(
    'latin1',
  );
  if (/^\x1a\x45\xdf\xa3/.test(text)) return 'webm';
  if (/^....ftypqt {2}/s.test(text)) return 'mov';
  return /^....ftyp(?:iso|mp4|avc|M4V|dash|3gp|msnv)/s.test(text) ? 'mp4' : undefined;
}

/**
 * The displayed size of an MP4 or MOV in pixels, by its boxes (ISO/IEC 14496-12, 4.2), which also tell where the file
 * ends. Undefined if it is truncated or has no video track.
 */
export async function readMp4(file: Blob): Promise<Size | undefined> {
  let index: Uint8Array | undefined;
  let media = false;
  for (let at = 0; at < file.size;) {
    const box = readBox(await bytesOf(file, at, at + 16), file.size - at);
    if (!box || at + box.size > file.size) return undefined;
    if (box.type === 'mdat') media = true;
    if (box.type === 'moov' && box.size <= MAX_INDEX_BYTES)
      index = await bytesOf(file, at + box.header, at + box.size);
    at += box.size;
  }
  return media && index ? sizeIn(index) : undefined;
}

/** In pixels, as the first video track is displayed. */
function sizeIn(index: Uint8Array): Size | undefined {
  for (const track of boxesIn(index, 'trak')) {
    for (const header of boxesIn(track, 'tkhd')) {
      const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
      const matrix = view.byteLength > 0 && view.getUint8(0) === 1 ? 52 : 40; // version 1 has longer times
      if (view.byteLength < matrix + 44) continue;
      const [width, height] = [view.getUint16(matrix + 36), view.getUint16(matrix + 40)]; // 16.16 fixed point
      const turned = view.getInt32(matrix) === 0 && view.getInt32(matrix + 16) === 0;
      if (width > 0 && height > 0)
        return turned ? { width: height, height: width } : { width, height };
    }
  }
  return undefined;
}

/** The contents of the boxes of one type, one level deep. */
function* boxesIn(bytes: Uint8Array, wanted: string): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const box = readBox(bytes.subarray(at, at + 16), bytes.length - at);
    if (!box || at + box.size > bytes.length) return;
    if (box.type === wanted) yield bytes.subarray(at + box.header, at + box.size);
    at += box.size;
  }
}

/** @param rest bytes up to the end, for a box that extends to the end */
function readBox(
  head: Uint8Array,
  rest: number,
): { type: string; header: number; size: number } | undefined {
  if (head.length < 8) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const type = Buffer.from(head.subarray(4, 8)).toString('latin1');
  const short = view.getUint32(0);
  const long = short === 1 && head.length >= 16;
  const size = long ? Number(view.getBigUint64(8)) : short === 0 ? rest : short;
  const header = long ? 16 : 8;
  return size < header ? undefined : { type, header, size };
}

async function bytesOf(file: Blob, from: number, to: number): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(from, to).arrayBuffer());
}
