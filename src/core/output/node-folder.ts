import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileState, makeFolder, retryBusy } from '../system/files.ts';
import { isOwnName, stemOf, type Folder, type Saving } from './folder.ts';
import { NodeSaving } from './node-saving.ts';
import type { MakeLink } from './place.ts';
import { isBusy, WorkingFolder } from './working-folder.ts';

/** A killed saving that has placed pictures is remembered for its task as long as links live (service-contract, Times); in ms. */
const NAME_MEMORY_MS = 3 * 3_600_000;

/**
 * A folder on a local disk. A saving takes a second of its own, so that its names stand in the order of the result
 * whatever other windows and terminals save. Each picture is written to a file in the saving's workshop, brought to the
 * disk, and only then gets its name: a kill at any moment leaves it under its final name whole or not at all.
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
    const workshop = (await this.#sweep(taskId)) ?? (await this.#reserve(taskId, stamp));
    return new NodeSaving(this.#path, workshop, this.#makeLink);
  }

  /** Removes what killed savings left, and finds the one of this task, which goes on. */
  async #sweep(taskId: string): Promise<WorkingFolder | undefined> {
    const names = await readdir(this.#path);
    let own: WorkingFolder | undefined;
    for (const stem of names.flatMap(name => WorkingFolder.stemIn(name) ?? [])) {
      const workshop = new WorkingFolder(this.#path, stem);
      const contents = await workshop.look().catch(() => undefined); // a stranger's, not ours to read
      if (!contents) continue;
      const { owner, parts } = contents;
      const isOwn = owner?.taskId === taskId;
      if (isOwn && owner.state === 'owner') {
        if (!(await workshop.takeOver(owner))) continue;
        await workshop.clear(parts);
        await this.#freeReserved(stem);
        own = workshop;
      } else if (!owner || isOwn || !isBusy(owner)) {
        const placed = owner?.state === 'owner' && names.some(name => name.startsWith(`${stem}_`));
        const leaves = !placed || Date.now() - owner.since > NAME_MEMORY_MS;
        await workshop
          .clear(parts)
          .then(() => (leaves ? workshop.leave(owner) : undefined))
          .catch(() => {
            /* the next saving tries again */
          });
      }
    }
    return own;
  }

  /** Where the disk has no hard links, a kill may have left names that were taken and not yet filled. */
  async #freeReserved(stem: string): Promise<void> {
    for (const name of await readdir(this.#path)) {
      const path = join(this.#path, name);
      if (name.startsWith(`${stem}_`) && isOwnName(name) && (await fileState(path))?.size === 0)
        await retryBusy(() => rm(path, { force: true }));
    }
  }

  /** The first second from `stamp` on in which nobody has saved or is saving. */
  async #reserve(taskId: string, stamp: Date): Promise<WorkingFolder> {
    for (let time = stamp.getTime(); ; time += 1_000) {
      const workshop = new WorkingFolder(this.#path, stemOf(new Date(time)));
      if (!(await workshop.claim(taskId))) continue;
      const used = (await readdir(this.#path)).some(name =>
        name.toLowerCase().startsWith(`${workshop.stem}_`),
      ); // on some disks case does not count
      if (!used && (await workshop.own(taskId))) return workshop;
      await workshop.remove();
    }
  }
}
