import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { fileState } from '../system/files.ts';
import type { Saving } from './folder.ts';
import type { MakeLink } from './place.ts';
import { writeWhole } from './put-whole.ts';
import type { WorkingFolder } from './working-folder.ts';

/** The pictures of one task on their way into a folder on a local disk. */
export class NodeSaving implements Saving {
  readonly #folder: string;
  readonly #workshop: WorkingFolder;
  readonly #makeLink: MakeLink | undefined;
  /** Paths that this saving has given: where a name was taken, a picture has the next one's. */
  readonly #placed = new Set<string>();

  constructor(folder: string, workshop: WorkingFolder, makeLink?: MakeLink) {
    this.#folder = folder;
    this.#workshop = workshop;
    this.#makeLink = makeLink;
  }

  async find(
    index: number,
    extension: string,
  ): Promise<{ path: string; content: Blob } | undefined> {
    const path = this.#path(index + 1, extension);
    return !this.#placed.has(path) && (await fileState(path))
      ? { path, content: await openAsBlob(path) }
      : undefined;
  }

  async put(index: number, extension: string, content: Uint8Array | Blob): Promise<string> {
    const path = await writeWhole(
      this.#workshop.partPath(index),
      content,
      attempt => this.#path(index + 1 + attempt, extension),
      this.#makeLink,
    );
    this.#placed.add(path);
    return path;
  }

  end(): Promise<void> {
    return this.#workshop.remove();
  }

  #path(n: number, extension: string): string {
    return join(this.#folder, `${this.#workshop.stem}_${n}.${extension}`);
  }
}
