import type { Size } from '../request/models.ts';
import { readerOf, type Read } from './bytes.ts';
import { readOrientation } from './exif.ts';
import { imageFormatOf, ImageError, type PictureFormat } from './formats.ts';
import { APP1, EXIF_NAME, isFrame, namedContent, readFrame, segmentsOf, SOS } from './jpeg.ts';
import { chunksOf, contentOf, readHeader } from './png.ts';
import { declaredLength, riffChunksOf, sizeInChunk } from './webp.ts';

/**
 * The size of a PNG, JPEG or WebP in pixels, as it is shown, by its headers alone. Undefined for other formats, and where
 * the headers are damaged. Throws what `read` throws.
 */
export async function sizeOf(read: Read): Promise<Size | undefined> {
  try {
    switch (imageFormatOf(await read(0, 16))) {
      case 'png':
        return await sizeOfPng(read);
      case 'jpeg':
        return await sizeOfJpeg(read);
      case 'webp':
        return await sizeOfWebp(read);
      default:
        return undefined;
    }
  } catch (error) {
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}

async function sizeOfPng(read: Read): Promise<Size | undefined> {
  for await (const chunk of chunksOf(read)) {
    const { width, height } = readHeader(chunk, await contentOf(chunk, read));
    return { width, height };
  }
  return undefined;
}

async function sizeOfJpeg(read: Read): Promise<Size | undefined> {
  let orientation = 1;
  for await (const { marker, at, length } of segmentsOf(read)) {
    if (marker === SOS) return undefined;
    if (marker === APP1) {
      const exif = namedContent(await read(at, length), EXIF_NAME);
      if (exif) orientation = readOrientation(exif);
    } else if (isFrame(marker)) {
      const { width, height } = readFrame(await read(at, length));
      return orientation > 4 ? { width: height, height: width } : { width, height };
    }
  }
  return undefined;
}

async function sizeOfWebp(read: Read): Promise<Size | undefined> {
  for await (const { name, at, length } of riffChunksOf(read))
    return sizeInChunk(name, await read(at, Math.min(length, 16)));
  return undefined;
}

/** The end of a PNG or JPEG is searched for in this many bytes: some programs append data. */
const TAIL_BYTES = 64 * 1024;
/** More than any picture has before its pixels. */
const MAX_SEGMENTS = 1_000;

/** Whether a picture has its end marker; a truncated file lacks it. */
export async function isWhole(
  file: Blob,
  format: Extract<PictureFormat, 'png' | 'jpeg' | 'webp'>,
): Promise<boolean> {
  const read = readerOf(file);
  if (format === 'webp') return file.size >= declaredLength(await read(0, 8));
  const from = format === 'png' ? 0 : await startOfScan(read, file.size);
  const tail = Buffer.from(await read(Math.max(from, file.size - TAIL_BYTES), TAIL_BYTES));
  return tail.includes(format === 'png' ? 'IEND' : Buffer.from([0xff, 0xd9]));
}

/**
 * Where a JPEG's pixels begin, since an embedded thumbnail may have an end marker of its own. The end of the file if it
 * is truncated earlier.
 */
async function startOfScan(read: Read, size: number): Promise<number> {
  let end = 0;
  let count = 0;
  try {
    for await (const { marker, at, length } of segmentsOf(read)) {
      if (marker === SOS) return at;
      if (++count > MAX_SEGMENTS) return 0;
      end = at + length;
    }
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
  }
  return end < size ? 0 : size; // invalid, but decoders continue
}
