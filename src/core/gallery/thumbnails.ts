import { createHash } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileState, makeFolder, replaceFile, retryBusy } from '../system/files.ts';
import { Converter, type ConverterOptions } from '../images/converter.ts';
import { imageFormatOf } from '../images/formats.ts';
import type { FileState } from './facts-cache.ts';

/** What the worker answers; `src/convert/thumbnail-worker.ts` is its other end. */
interface Thumbnail {
  webp: Uint8Array;
}

/** A picture whose thumbnail is wanted. */
export interface ThumbnailRequest extends FileState {
  /** Its URI. */
  id: string;
  /** The whole file, or its path on a local disk, from where the worker reads it. */
  source: () => Promise<Uint8Array | string>;
}

/** About 200 MB. Beyond that the oldest quarter is deleted. */
const MAX_THUMBNAILS = 20_000;

/** Names of thumbnails, and of what a kill left while one was being written. */
const ownName = /^(?:[0-9a-f]{64}\.webp|\.[0-9a-f]{64}\.webp\.[0-9a-f-]{36})$/;

/** Thumbnails as files, each created once in a worker thread, and again when the picture has changed. */
export class Thumbnails {
  readonly folder: string;
  readonly #converter: Converter<Thumbnail>;
  #ready: Promise<void> | undefined;

  /** @param folder for the files; created on demand */
  constructor(folder: string, options: ConverterOptions) {
    this.folder = folder;
    this.#converter = new Converter<Thumbnail>(options);
  }

  /**
   * The path of a WebP. Throws JimengError for a file that is damaged, too large or not a picture, the signal's reason,
   * or the system's error.
   */
  async get(picture: ThumbnailRequest, signal?: AbortSignal): Promise<string> {
    const path = join(
      this.folder,
      `${createHash('sha256').update(`${picture.id}\n${picture.bytes}\n${picture.modified}`).digest('hex')}.webp`,
    );
    await (this.#ready ??= this.#prepare().catch((error: unknown) => {
      this.#ready = undefined; // the next call tries again
      throw error;
    }));
    if (await isWebp(path)) return path;
    signal?.throwIfAborted();
    const { webp } = await this.#converter.convert({ source: await picture.source() }, signal);
    await replaceFile(path, webp, { sync: false });
    return path;
  }

  dispose(): Promise<void> {
    return this.#converter.dispose();
  }

  async #prepare(): Promise<void> {
    await makeFolder(this.folder);
    const names = await readdir(this.folder);
    if (names.length <= MAX_THUMBNAILS) return;
    const files = (
      await Promise.all(
        names
          .filter(name => ownName.test(name))
          .map(async name => {
            const state = await fileState(join(this.folder, name));
            return state ? [{ path: join(this.folder, name), time: state.mtimeMs }] : [];
          }),
      )
    ).flat();
    files.sort((a, b) => a.time - b.time);
    await Promise.all(
      files
        .slice(0, MAX_THUMBNAILS / 4)
        .map(({ path }) => retryBusy(() => rm(path, { force: true }))),
    );
  }
}

/** One that was being written during a power cut exists, but is empty or damaged. */
async function isWebp(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { buffer } = await file.read(Buffer.alloc(16), 0, 16, 0);
    return imageFormatOf(buffer) === 'webp';
  } catch {
    return false;
  }
}
