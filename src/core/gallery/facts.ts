import { imageSize } from 'image-size';
import * as z from 'zod/mini';
import type { Read } from '../images/png-chunks.ts';
import { readSettings } from '../images/read-settings.ts';
import { PictureSettings } from '../images/settings.ts';
import { imageFormatOf } from '../images/formats.ts';

/** What a picture's file tells of it. */
export const Facts = z.object({
  /** In pixels, upright; missing where its head cannot be read. */
  size: z.optional(z.object({ width: z.number(), height: z.number() })),
  /** Missing where the file does not know how it was made. */
  settings: z.optional(PictureSettings),
});
export type Facts = z.infer<typeof Facts>;

/** What most pictures tell stands within so many bytes. */
const HEAD_BYTES = 16 * 1_024;
/** The size of a JPEG stands behind its metadata, a preview within them included. In bytes. */
const MAX_HEAD_BYTES = 256 * 1_024;

/** Reads heads only, never the picture itself. Throws the system's error where the file cannot be read. */
export async function readFacts(read: Read): Promise<Facts> {
  const begin = await read(0, HEAD_BYTES);
  const size =
    sizeIn(begin) ??
    (imageFormatOf(begin) === 'jpeg' ? sizeIn(await read(0, MAX_HEAD_BYTES)) : undefined);
  const settings = await readSettings((at, length) =>
    at + length <= begin.length ? begin.subarray(at, at + length) : read(at, length),
  );
  return { ...(size && { size }), ...(settings && { settings }) };
}

function sizeIn(head: Uint8Array): Facts['size'] {
  try {
    const { width, height, orientation = 1 } = imageSize(head);
    return orientation > 4 ? { width: height, height: width } : { width, height }; // EXIF: 5 to 8 lie on their side
  } catch {
    return undefined;
  }
}
