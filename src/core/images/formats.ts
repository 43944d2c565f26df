import type { Failure } from '../service/failures/table.ts';

/** Detects picture formats by content: links and extensions are often wrong. */
export type PictureFormat = 'png' | 'webp' | 'jpeg' | 'gif' | 'avif' | 'heic' | 'bmp';

/** Undefined if the format is unknown. */
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

/** Why a picture cannot be read or converted to PNG. */
export class ImageError extends Error {
  readonly kind: 'pictureDamaged' | 'pictureUnsupported' | 'pictureTooLarge' | 'notAPicture';

  /** @param detail a technical name that is the same in every language; empty if the kind says enough */
  constructor(kind: ImageError['kind'], detail = '') {
    super(detail);
    this.kind = kind;
  }

  get failure(): Failure {
    return { kind: this.kind, ...(this.message && { detail: this.message }) };
  }
}

/**
 * More than the largest picture of the service (6197×2656 and 5120×2880 are 16 million), less than would fill the memory.
 */
const MAX_PIXELS = 100_000_000;

/** Throws ImageError. Called before anything is decoded. */
export function checkSize({ width, height }: { width: number; height: number }): void {
  if (width < 1 || height < 1) throw new ImageError('pictureDamaged', `${width}×${height}`);
  if (width * height > MAX_PIXELS) throw new ImageError('pictureTooLarge', `${width}×${height}`);
}
