import { open } from 'node:fs/promises';
import { imageSize } from 'image-size';
import * as z from 'zod/mini';
import { readSettings, type Sliced } from '../pictures/read-settings.ts';
import { PictureSettings } from '../pictures/settings.ts';

/** What a picture's file tells of it. */
export const Facts = z.object({
  /** In pixels, upright; missing where its head cannot be read. */
  size: z.optional(z.object({ width: z.number(), height: z.number() })),
  /** Missing where the file does not know how it was made. */
  settings: z.optional(PictureSettings),
});
export type Facts = z.infer<typeof Facts>;

/** What most pictures tell stands within so many bytes. */
const head = 16 * 1_024;
/** The size of a JPEG stands behind its metadata, a preview within them included. In bytes. */
const longestHead = 256 * 1_024;

/** Reads heads only, never the picture itself. Throws the system's error where the file cannot be read. */
export async function readFacts(file: Sliced): Promise<Facts> {
  const begin = await file.slice(0, head).bytes();
  const isJpeg = begin[0] === 0xff;
  const size = sizeIn(begin) ?? (isJpeg ? sizeIn(await file.slice(0, longestHead).bytes()) : undefined);
  const settings = isJpeg ? undefined : await readSettings(file, begin);
  return { ...size && { size }, ...settings && { settings } };
}

/** The same of a file on a disk. A Blob of it would take ten times as long to read a part. */
export async function readFactsAt(path: string): Promise<Facts> {
  const file = await open(path);
  try {
    const bytes = async (from: number, to: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(to - from), 0, to - from, from);
      return buffer.subarray(0, bytesRead);
    };
    return await readFacts({ slice: (from, to) => ({ bytes: () => bytes(from, to) }) });
  } finally {
    await file.close();
  }
}

function sizeIn(head: Uint8Array): Facts['size'] {
  try {
    const { width, height, orientation = 1 } = imageSize(head);
    return orientation > 4 ? { width: height, height: width } : { width, height }; // EXIF: 5 to 8 lie on their side
  } catch {
    return undefined;
  }
}
