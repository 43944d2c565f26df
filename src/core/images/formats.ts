import type { Failure } from '../queue/task.ts';

/** Picture formats by what stands in the bytes: links and extensions lie. */
export type PictureFormat = 'png' | 'webp' | 'jpeg' | 'gif' | 'avif' | 'heic' | 'bmp';

/** Undefined where the bytes are no picture that is known. */
export function imageFormatOf(bytes: Uint8Array): PictureFormat | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 16)).toString(
    'latin1',
  );
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (/^RIFF....WEBP/s.test(head)) return 'webp';
  if (/^GIF8[79]a/.test(head)) return 'gif';
  if (/^....ftypavi[fs]/s.test(head)) return 'avif';
  if (/^....ftyp(?:hei[cx]|hev[cx]|mif1)/s.test(head)) return 'heic';
  if (/^BM.{4}\0\0\0\0/s.test(head)) return 'bmp';
  return undefined;
}

const extensions: Record<PictureFormat, string> = {
  png: 'damaged.png.bin',
  webp: 'webp',
  jpeg: 'jpg',
  gif: 'gif',
  avif: 'avif',
  heic: 'heic',
  bmp: 'bmp',
};
const worthKeeping = new Set(['pictureDamaged', 'pictureUnsupported', 'unexpected']);

/**
 * The extension under which bytes are kept that did not become a PNG; undefined where they are not worth it. It is that
 * of the true format, but a damaged PNG never bears `.png`.
 */
export function extensionToKeep({
  bytes,
  failure,
}: {
  bytes: Uint8Array;
  failure: Failure;
}): string | undefined {
  const format = worthKeeping.has(failure.kind) ? imageFormatOf(bytes) : undefined;
  return format && extensions[format];
}
