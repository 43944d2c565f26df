import { openAsBlob } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileState, makeFolder, retryBusy } from '../system/files.ts';
import { isOwnName, stemOf, type Folder, type Saving } from './folder.ts';
import { isBusy, WorkingFolder } from './working-folder.ts';
import { writeWhole, type MakeLink } from './write-whole.ts';

/** How long a killed save with pictures is remembered for its task: as long as links live (service-contract, Times). */
const NAME_MEMORY_MS = 3 * 3_600_000;

/**
 * A folder on a local disk. A saving takes a second of its own, so that its names are in the order of the result whatever
 * other windows and terminals save. Each picture is written to a file in the saving's working folder, brought to the
 * disk, and only then gets its name: a kill at any moment leaves it under its final name whole or not at all.
 *
 * The working folder is in the folder of the pictures, not in our own storage. There it is on the same disk, so that a
 * link or rename is always possible; every window, terminal and machine that saves into the folder sees it, whatever its
 * storage; and it reserves the names of a whole result at once. Without it a `.part` beside the picture would still be
 * needed for other disks, with an owner of its own to be cleared by, and a kill could leave reserved names without content.
 */
export class NodeFolder implements Folder {
  readonly #path: string;
  readonly #makeLink: MakeLink | undefined;

  /** @param uri a `file:` URI */
  constructor(uri: string, makeLink?: MakeLink) {
    this.#path = fileURLToPath(uri);
    this.#makeLink = makeLink;
  }

  async begin(taskId: string, stamp: Date): Promise<Saving> {
    await makeFolder(this.#path);
    const working = (await this.#sweep(taskId)) ?? (await this.#reserve(taskId, stamp));
    return new NodeSaving(this.#path, working, this.#makeLink);
  }

  /** Removes what killed saves left, and finds the one of this task, which is resumed. */
  async #sweep(taskId: string): Promise<WorkingFolder | undefined> {
    const names = await readdir(this.#path);
    let own: WorkingFolder | undefined;
    for (const stem of names.flatMap(name => WorkingFolder.stemIn(name) ?? [])) {
      const working = new WorkingFolder(this.#path, stem);
      const contents = await working.inspect().catch(() => undefined); // it is somebody else's, so it is not read
      if (!contents) continue;
      const { owner, parts } = contents;
      const isOwn = owner?.taskId === taskId;
      if (isOwn && owner.state === 'owner') {
        if (!(await working.takeOver(owner))) continue;
        await working.clear(parts);
        await this.#freeReserved(stem);
        own = working;
      } else if (!owner || isOwn || !isBusy(owner)) {
        const hasFiles =
          owner?.state === 'owner' && names.some(name => name.startsWith(`${stem}_`));
        const leaves = !hasFiles || Date.now() - owner.since > NAME_MEMORY_MS;
        await working
          .clear(parts)
          .then(() => (leaves ? working.release(owner) : undefined))
          .catch(() => {
            /* the next save tries again */
          });
      }
    }
    return own;
  }

  /** On a disk without hard links, a kill may have left reserved names without content. */
  async #freeReserved(stem: string): Promise<void> {
    for (const name of await readdir(this.#path)) {
      const path = join(this.#path, name);
      if (name.startsWith(`${stem}_`) && isOwnName(name) && (await fileState(path))?.size === 0)
        await retryBusy(() => rm(path, { force: true }));
    }
  }

  /** The first second from `stamp` on in which nothing was saved or is being saved. */
  async #reserve(taskId: string, stamp: Date): Promise<WorkingFolder> {
    for (let time = stamp.getTime(); ; time += 1_000) {
      const working = new WorkingFolder(this.#path, stemOf(new Date(time)));
      if (!(await working.reserve(taskId))) continue;
      const used = (await readdir(this.#path)).some(name =>
        name.toLowerCase().startsWith(`${working.stem}_`),
      ); // some disks ignore case
      if (!used && (await working.own(taskId))) return working;
      await working.remove();
    }
  }
}

/** The saving of one task's files into a folder on a local disk. */
class NodeSaving implements Saving {
  readonly #folder: string;
  readonly #working: WorkingFolder;
  readonly #makeLink: MakeLink | undefined;
  /** Paths that this save has used: if a name was taken, the picture got the next one. */
  readonly #written = new Set<string>();

  constructor(folder: string, working: WorkingFolder, makeLink?: MakeLink) {
    this.#folder = folder;
    this.#working = working;
    this.#makeLink = makeLink;
  }

  async find(
    index: number,
    extension: string,
  ): Promise<{ path: string; content: Blob } | undefined> {
    const path = this.#path(index + 1, extension);
    return !this.#written.has(path) && (await fileState(path))
      ? { path, content: await openAsBlob(path) }
      : undefined;
  }

  async write(index: number, extension: string, content: Uint8Array | Blob): Promise<string> {
    const path = await writeWhole(
      this.#working.partPath(index),
      content,
      attempt => this.#path(index + 1 + attempt, extension),
      this.#makeLink,
    );
    this.#written.add(path);
    return path;
  }

  end(): Promise<void> {
    return this.#working.remove();
  }

  #path(n: number, extension: string): string {
    return join(this.#folder, `${this.#working.stem}_${n}.${extension}`);
  }
}
