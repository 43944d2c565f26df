import type { Failure } from '../queue/task.ts';

/** Why a picture does not become a PNG. */
export class ImageError extends Error {
  readonly kind: 'pictureDamaged' | 'pictureUnsupported' | 'pictureTooLarge' | 'notAPicture';

  /** @param detail a technical name that is the same in every language; empty where the kind says it all */
  constructor(kind: ImageError['kind'], detail = '') {
    super(detail);
    this.kind = kind;
  }

  get failure(): Failure {
    return { kind: this.kind, ...(this.message && { detail: this.message }) };
  }
}

/** More than the largest picture of the service (6197×2656 and 5120×2880 are 16 million), less than what fills the memory. */
const MAX_PIXELS = 100_000_000;

/** Throws PictureProblem; asked before anything is decoded. */
export function checkSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw new ImageError('pictureDamaged', `${width}×${height}`);
  if (width * height > MAX_PIXELS) throw new ImageError('pictureTooLarge', `${width}×${height}`);
}
