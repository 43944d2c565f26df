import { lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, THIS_PROCESS } from '../system/process.ts';
import { errorCode, ignoreMissing, retryBusy } from '../system/files.ts';

/** A task and the process that saves it. Before it is known that the second is free, it only has a claim to it. */
interface Owner {
  state: 'claim' | 'owner';
  taskId: string;
  host: string;
  pid: number;
}

/** What is in a working folder. The owner is missing only where a process was killed while it began or ended. */
interface Contents {
  /** Since when is in ms since 1970. */
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
  /** As what this process is in it. */
  #mine: Owner | undefined;

  constructor(folder: string, stem: string) {
    this.stem = stem;
    this.#path = join(folder, `.${stem}.saving`);
  }

  /** The stem of a working folder by its name; undefined for the name of anything else. */
  static stemIn(name: string): string | undefined {
    return /^\.(jimeng_\d{8}_\d{6})\.saving$/.exec(name)?.[1];
  }

  /** A file for an unfinished picture. It is this process's alone, should another one have taken the task over meanwhile. */
  partPath(index: number): string {
    return join(this.#path, `${index + 1}.${process.pid}.part`);
  }

  /** Makes it for this process. False where another one has it. */
  async claim(taskId: string): Promise<boolean> {
    if (!(await succeeds('EEXIST', () => mkdir(this.#path)))) return false;
    const mine: Owner = { state: 'claim', taskId, ...THIS_PROCESS };
    // One without an owner is removed by whoever finds it, and made again by another: both cases show here.
    if (!(await succeeds('ENOENT', async () => (await open(this.#pathOf(mine), 'wx')).close())))
      return false;
    this.#mine = mine;
    if ((await readdir(this.#path)).filter(parseOwner).length === 1) return true;
    await this.leave(mine);
    return false;
  }

  /** Turns the claim of this process into ownership. False where it was removed meanwhile. */
  own(taskId: string): Promise<boolean> {
    return this.takeOver({ state: 'claim', taskId, ...THIS_PROCESS });
  }

  /** Goes on where a killed process left. False where it was removed meanwhile. */
  async takeOver(owner: Owner): Promise<boolean> {
    const mine: Owner = { state: 'owner', taskId: owner.taskId, ...THIS_PROCESS };
    if (!(await succeeds('ENOENT', () => rename(this.#pathOf(owner), this.#pathOf(mine)))))
      return false;
    this.#mine = mine;
    return true;
  }

  /** Undefined where it is gone, somebody else's, or being taken over at this moment. */
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

  /** @param parts as `inspect` found them: what came later is not touched */
  async clear(parts: string[]): Promise<void> {
    for (const name of parts) await retryBusy(() => rm(join(this.#path, name), { force: true }));
  }

  /** Removes the owner's file, and the folder with it. Does nothing where another process was faster. */
  async leave(owner: Owner | undefined): Promise<void> {
    if (owner && !(await succeeds('ENOENT', () => rm(this.#pathOf(owner))))) return;
    // Another process may have removed it, or found it empty and made it its own.
    await retryBusy(() => rmdir(this.#path)).catch(() => {
      /* that process has it now */
    });
  }

  /** This process is done with it. */
  async remove(): Promise<void> {
    if (this.#mine) await this.leave(this.#mine);
  }

  #pathOf({ state, taskId, host, pid }: Owner): string {
    return join(this.#path, [state, taskId, host, String(pid)].map(encodeURIComponent).join('&'));
  }
}

/** Whether the owner is still at work, as far as can be known here; on another system its age has to do. */
export function isBusy({ host, pid, since }: Owner & { since: number }): boolean {
  const hours = (Date.now() - since) / 3_600_000;
  switch (isAlive({ host, pid })) {
    case undefined:
      return hours < 3;
    case false:
      return false;
    case true:
      return hours < 24; // longer than any saving: the number now belongs to another process
  }
}

/** As `partPath` makes it. */
const partName = /^\d+\.\d+\.part$/;

/** Undefined for what `#pathOf` does not make. */
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

/** Whether the action succeeded; false for the one failure that tells of another process. */
async function succeeds(failure: string, action: () => Promise<unknown>): Promise<boolean> {
  try {
    await retryBusy(action);
    return true;
  } catch (error) {
    if (errorCode(error) === failure) return false;
    throw error;
  }
}
