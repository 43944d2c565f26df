import { lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, THIS_PROCESS } from '../system/process.ts';
import { errorCode, ignoreMissing, retryBusy } from '../system/files.ts';

/** A task and the process that saves it. Until the second is known to be free, it only has a reservation. */
interface Owner {
  state: 'claim' | 'owner';
  taskId: string;
  host: string;
  pid: number;
}

/** The content of a working folder. The owner is missing only if a process was killed while it started or finished. */
interface Contents {
  /** The start time in ms since 1970. */
  owner?: Owner & { since: number };
  /** Names of unfinished pictures. */
  parts: string[];
}

/**
 * The dot-folder `.STEM.saving` in which one saving prepares its pictures. Only one process can make it, which makes the
 * names `STEM_1`, `STEM_2` … its own. The name of an empty file in it tells the owner. Making, claiming, owning, taking
 * over and leaving are one system call each, so a kill at any moment leaves nothing that cannot be understood.
 *
 * A folder of that name can also come with a cloned repository. One that is a link, or holds anything that no saving
 * makes, is somebody else's: it is neither entered nor changed.
 */
export class WorkingFolder {
  readonly stem: string;
  readonly #path: string;
  /** The entry of this process in it. */
  #entry: Owner | undefined;

  constructor(folder: string, stem: string) {
    this.stem = stem;
    this.#path = join(folder, `.${stem}.saving`);
  }

  /** The stem of a working folder by its name; undefined for the name of anything else. */
  static stemIn(name: string): string | undefined {
    return /^\.(jimeng_\d{8}_\d{6})\.saving$/.exec(name)?.[1];
  }

  /** A file for an unfinished picture. It belongs to this process alone, even if another one has taken over the task. */
  partPath(index: number): string {
    return join(this.#path, `${index + 1}.${process.pid}.part`);
  }

  /** Creates it for this process. False if another one has it. */
  async reserve(taskId: string): Promise<boolean> {
    if (!(await succeeds('EEXIST', () => mkdir(this.#path)))) return false;
    const entry: Owner = { state: 'claim', taskId, ...THIS_PROCESS };
    // An ownerless one is removed by whoever finds it, and created again by another: both cases show up here.
    if (!(await succeeds('ENOENT', async () => (await open(this.#pathOf(entry), 'wx')).close())))
      return false;
    this.#entry = entry;
    if ((await readdir(this.#path)).filter(parseOwner).length === 1) return true;
    await this.release(entry);
    return false;
  }

  /** Turns this process's reservation into ownership. False if it was removed meanwhile. */
  own(taskId: string): Promise<boolean> {
    return this.takeOver({ state: 'claim', taskId, ...THIS_PROCESS });
  }

  /** Resumes where a killed process stopped. False if it was removed meanwhile. */
  async takeOver(owner: Owner): Promise<boolean> {
    const entry: Owner = { state: 'owner', taskId: owner.taskId, ...THIS_PROCESS };
    if (!(await succeeds('ENOENT', () => rename(this.#pathOf(owner), this.#pathOf(entry)))))
      return false;
    this.#entry = entry;
    return true;
  }

  /** Undefined if it is gone, somebody else's, or just being taken over. */
  async inspect(): Promise<Contents | undefined> {
    try {
      if (!(await lstat(this.#path)).isDirectory()) return undefined;
      const contents: Contents = { parts: [] };
      for (const name of await readdir(this.#path)) {
        const owner = parseOwner(name);
        const found = await lstat(join(this.#path, name)).catch(ignoreMissing);
        if (!found && !owner) continue; // another process clears it
        if (found?.isFile() === true && partName.test(name)) contents.parts.push(name);
        else if (found?.isFile() === true && found.size === 0 && owner)
          contents.owner ??= { ...owner, since: found.mtimeMs };
        else return undefined;
      }
      return contents;
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
      throw error;
    }
  }

  /** @param parts as `inspect` found them: later ones are left alone */
  async clear(parts: string[]): Promise<void> {
    for (const name of parts) await retryBusy(() => rm(join(this.#path, name), { force: true }));
  }

  /** Removes the owner's file, and the folder with it. Does nothing if another process was faster. */
  async release(owner: Owner | undefined): Promise<void> {
    if (owner && !(await succeeds('ENOENT', () => rm(this.#pathOf(owner))))) return;
    // Another process may have removed it, or found it empty and claimed it.
    await retryBusy(() => rmdir(this.#path)).catch(() => {
      /* that process has it now */
    });
  }

  /** This process has finished with it. */
  async remove(): Promise<void> {
    if (this.#entry) await this.release(this.#entry);
  }

  #pathOf({ state, taskId, host, pid }: Owner): string {
    return join(this.#path, [state, taskId, host, String(pid)].map(encodeURIComponent).join('&'));
  }
}

/** Whether the owner is still working, as far as can be known here; on another system its age decides. */
export function isBusy({ host, pid, since }: Owner & { since: number }): boolean {
  const hours = (Date.now() - since) / 3_600_000;
  switch (isAlive({ host, pid })) {
    case undefined:
      return hours < 3;
    case false:
      return false;
    case true:
      return hours < 24; // longer than any save takes: the pid now belongs to another process
  }
}

/** Named as `partPath` does. */
const partName = /^\d+\.\d+\.part$/;

/** Undefined for names that `#pathOf` does not produce. */
function parseOwner(name: string): Owner | undefined {
  const [, state, taskId = '', host = '', pid = ''] =
    /^(claim|owner)&([^&]+)&([^&]+)&(\d+)$/.exec(name) ?? [];
  if (state !== 'claim' && state !== 'owner') return undefined;
  try {
    return {
      state,
      taskId: decodeURIComponent(taskId),
      host: decodeURIComponent(host),
      pid: Number(pid),
    };
  } catch {
    return undefined;
  }
}

/** Whether the action succeeded; false for the one error that indicates another process. */
async function succeeds(failure: string, action: () => Promise<unknown>): Promise<boolean> {
  try {
    await retryBusy(action);
    return true;
  } catch (error) {
    if (errorCode(error) === failure) return false;
    throw error;
  }
}
