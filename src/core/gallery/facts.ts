import * as z from 'zod/mini';
import type { Read } from '../images/bytes.ts';
import { PictureSettings, readSettings } from '../images/settings.ts';
import { sizeOf } from '../images/inspect.ts';

/** What is known from a picture's file. */
export const Facts = z.object({
  /** In pixels, upright; missing where its head cannot be read. */
  size: z.optional(z.object({ width: z.number(), height: z.number() })),
  /** Missing if the file does not record how it was made. */
  settings: z.optional(PictureSettings),
});
export type Facts = z.infer<typeof Facts>;

/** Most pictures have their metadata within this many bytes. */
const HEAD_BYTES = 16 * 1_024;

/** Reads heads only, never the picture itself. Throws the system's error where the file cannot be read. */
export async function readFacts(read: Read): Promise<Facts> {
  const head = await read(0, HEAD_BYTES);
  const isAll = head.length < HEAD_BYTES;
  const readOn: Read = (at, length) =>
    isAll || at + length <= head.length ? head.subarray(at, at + length) : read(at, length);
  const [size, settings] = [await sizeOf(readOn), await readSettings(readOn)];
  return { ...(size && { size }), ...(settings && { settings }) };
}
