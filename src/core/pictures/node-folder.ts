import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCode, ignoreMissing, retryBusy } from '../files.ts';
import { stemOf, type Folder, type Saving } from './folder.ts';

/** A saving that nobody has touched for so long was killed; in ms. A download ends far sooner. */
const staleAfter = 60 * 60 * 1_000;
/** What a disk without hard links says to `link`. */
const noHardLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EACCES', 'EINVAL', 'EISDIR']);
const marker = /^\.(jimeng_\d{8}_\d{6})\.saving$/;

interface Owner { taskId: string; host: string; pid: number }

/**
 * A folder on a local disk. A saving takes a second of its own: the marker `.STEM.saving` is made exclusively, so the
 * names `STEM_1`, `STEM_2` … are its own, in the order of the result, whatever other windows and terminals save. Each
 * picture is written to `.STEM_N.part`, brought to the disk, and only then gets its name, by a hard link: a kill at any
 * moment leaves it under its final name whole or not at all.
 *
 * Where the disk has no hard links the final name is first made as an empty file of our own and then replaced by a
 * rename; only there can a kill leave an empty file behind.
 */
export class NodeFolder implements Folder {
  readonly #path: string;

  /** @param uri a `file:` URI */
  constructor(uri: string) {
    this.#path = fileURLToPath(uri);
  }

  async begin(taskId: string, stamp: Date): Promise<Saving> {
    await mkdir(this.#path, { recursive: true });
    const own = await this.#clear(taskId);
    const stem = own ?? await this.#reserve(taskId, stamp);
    return new NodeSaving(this.#path, stem);
  }

  /** Removes what killed savings left, and finds the one of this task. */
  async #clear(taskId: string): Promise<string | undefined> {
    let own: string | undefined;
    for (const name of await readdir(this.#path)) {
      const stem = marker.exec(name)?.[1];
      if (stem === undefined) { continue; }
      const path = join(this.#path, name);
      const found = await Promise.all([readFile(path, 'utf8'), stat(path)]).catch(ignoreMissing);
      if (!found) { continue; } // it has just ended
      const [text, { mtimeMs }] = found;
      const owner = parseOwner(text);
      if (owner?.taskId === taskId) {
        own = stem;
      } else if (Date.now() - mtimeMs > staleAfter || owner && isDead(owner)) {
        await new NodeSaving(this.#path, stem).end();
      }
    }
    return own;
  }

  /** The first second from `stamp` on in which nobody has saved or is saving. */
  async #reserve(taskId: string, stamp: Date): Promise<string> {
    const owner: Owner = { taskId, host: hostname(), pid: process.pid };
    for (let time = stamp.getTime(); ; time += 1_000) {
      const stem = stemOf(new Date(time));
      const path = join(this.#path, `.${stem}.saving`);
      const file = await open(path, 'wx').catch((error: unknown) => {
        if (errorCode(error) !== 'EEXIST') { throw error; }
      });
      if (!file) { continue; }
      try {
        await file.writeFile(JSON.stringify(owner));
      } finally {
        await file.close();
      }
      if (!(await readdir(this.#path)).some(name => name.startsWith(`${stem}_`))) { return stem; }
      await retryBusy(() => rm(path, { force: true }));
    }
  }
}

class NodeSaving implements Saving {
  readonly #folder: string;
  readonly #stem: string;

  constructor(folder: string, stem: string) {
    this.#folder = folder;
    this.#stem = stem;
  }

  async find(index: number): Promise<{ path: string; head: Uint8Array } | undefined> {
    const path = join(this.#folder, `${this.#stem}_${index + 1}.png`);
    const file = await open(path).catch(ignoreMissing);
    if (!file) { return undefined; }
    try {
      const head = Buffer.alloc(64);
      const { bytesRead } = await file.read(head, 0, head.length, 0);
      return bytesRead === 0 ? undefined : { path, head: head.subarray(0, bytesRead) };
    } finally {
      await file.close();
    }
  }

  async put(index: number, extension: string, bytes: Uint8Array): Promise<string> {
    const part = join(this.#folder, `.${this.#stem}_${index + 1}.part`);
    const file = await open(part, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      for (let n = index + 1; ; n++) {
        const path = join(this.#folder, `${this.#stem}_${n}.${extension}`);
        if (await name(part, path)) { return path; }
      }
    } finally {
      await retryBusy(() => rm(part, { force: true }));
    }
  }

  async end(): Promise<void> {
    for (const leftover of await readdir(this.#folder)) {
      if (leftover.startsWith(`.${this.#stem}_`) && leftover.endsWith('.part')) {
        await retryBusy(() => rm(join(this.#folder, leftover), { force: true }));
      }
    }
    await retryBusy(() => rm(join(this.#folder, `.${this.#stem}.saving`), { force: true }));
  }
}

/** Gives a finished file its final name. False where the name is taken. */
async function name(part: string, path: string): Promise<boolean> {
  try {
    await link(part, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') { return false; }
    if (!noHardLinks.has(errorCode(error) ?? '')) { throw error; }
  }
  try {
    await (await open(path, 'wx')).close();
  } catch (error) {
    if (errorCode(error) === 'EEXIST') { return false; }
    throw error;
  }
  await retryBusy(() => rename(part, path));
  return true;
}

function parseOwner(text: string): Owner | undefined {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return undefined; // killed between making and writing it
  }
}

function isDead({ host, pid }: Owner): boolean {
  if (host !== hostname()) { return false; }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errorCode(error) === 'ESRCH';
  }
}
