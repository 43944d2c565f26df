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

  async find(index: number): Promise<{ path: string; head: Uint8Array } | undefined> {
    const path = this.#path(index + 1, 'png');
    const file = await open(path).catch(ignoreMissing);
    if (!file) { return undefined; }
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(64), 0, 64, 0);
      return { path, head: buffer.subarray(0, bytesRead) };
    } finally {
      await file.close();
    }
  }

  async put(index: number, extension: string, bytes: Uint8Array): Promise<string> {
    const part = this.#workshop.partPath(index);
    try {
      await writeWhole(part, bytes);
      for (let n = index + 1; ; n++) {
        const path = this.#path(n, extension);
        if (await place(part, path, this.#makeLink) || await holds(path, bytes)) { return path; }
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

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Whether it is the same picture, placed before a kill could be recorded. */
async function holds(path: string, bytes: Uint8Array): Promise<boolean> {
  const state = await stat(path).catch(ignoreMissing);
  if (state?.size !== bytes.length) { return false; }
  return (await readFile(path)).equals(bytes);
}
