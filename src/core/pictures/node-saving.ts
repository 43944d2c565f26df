import { openAsBlob } from 'node:fs';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreMissing, retryBusy } from '../files.ts';
import type { Saving } from './folder.ts';
import { place, type MakeLink } from './place.ts';
import type { Workshop } from './workshop.ts';

/** The pictures of one task on their way into a folder on a local disk. */
export class NodeSaving implements Saving {
  readonly #folder: string;
  readonly #workshop: Workshop;
  readonly #makeLink: MakeLink | undefined;

  constructor(folder: string, workshop: Workshop, makeLink?: MakeLink) {
    this.#folder = folder;
    this.#workshop = workshop;
    this.#makeLink = makeLink;
  }

  async find(index: number, extension: string): Promise<{ path: string; content: Blob } | undefined> {
    const path = this.#path(index + 1, extension);
    return await stat(path).catch(ignoreMissing) && { path, content: await openAsBlob(path) };
  }

  async put(index: number, extension: string, content: Uint8Array | Blob): Promise<string> {
    const part = this.#workshop.partPath(index);
    try {
      await writeWhole(part, content);
      for (let n = index + 1; ; n++) {
        const path = this.#path(n, extension);
        if (await place(part, path, this.#makeLink) || await holds(path, content)) { return path; }
      }
    } finally {
      await retryBusy(() => rm(part, { force: true }));
    }
  }

  end(): Promise<void> {
    return this.#workshop.remove();
  }

  #path(n: number, extension: string): string {
    return join(this.#folder, `${this.#workshop.stem}_${n}.${extension}`);
  }
}

async function writeWhole(path: string, content: Uint8Array | Blob): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content instanceof Blob ? content.stream() as AsyncIterable<Uint8Array> : content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Whether it is the same content, placed before a kill could be recorded. */
async function holds(path: string, content: Uint8Array | Blob): Promise<boolean> {
  const state = await stat(path).catch(ignoreMissing);
  if (state?.size !== (content instanceof Blob ? content.size : content.length)) { return false; }
  return (await readFile(path)).equals(content instanceof Blob ? await content.bytes() : content);
}
