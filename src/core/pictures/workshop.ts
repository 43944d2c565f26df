import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errorCode, retryBusy } from '../files.ts';

/** A task and the process that saves it. Before it is known that the second is free, it only has a claim to it. */
interface Owner { state: 'claim' | 'owner'; taskId: string; host: string; pid: number }

/** What stands in a workshop. The owner is missing only where a process was killed on its way in or out. */
interface Contents {
  /** Since when is in ms since 1970. */
  owner?: Owner & { since: number };
  rest: string[];
}

/** A pid means something on this system only; Linux inside of Windows bears the name of the Windows around it. */
const here = { host: `${hostname()} ${process.platform}`, pid: process.pid };

/**
 * The dot-folder `.STEM.saving` in which one saving prepares its pictures. Only one process can make it, which makes the
 * names `STEM_1`, `STEM_2` … its own. The name of an empty file in it tells the owner. Making, claiming, owning, taking
 * over and leaving are one system call each, so a kill at any moment leaves nothing that cannot be understood.
 */
export class Workshop {
  readonly stem: string;
  readonly #path: string;

  constructor(folder: string, stem: string) {
    this.stem = stem;
    this.#path = join(folder, `.${stem}.saving`);
  }

  /** The stem of a workshop by its name; undefined for the name of anything else. */
  static stemIn(name: string): string | undefined {
    return /^\.(jimeng_\d{8}_\d{6})\.saving$/.exec(name)?.[1];
  }

  /** A file for an unfinished picture. It is this process's alone, should another one have taken the task over meanwhile. */
  partPath(index: number): string {
    return join(this.#path, `${index + 1}.${process.pid}.part`);
  }

  /** Makes it for this process. False where another one has it. */
  async claim(taskId: string): Promise<boolean> {
    if (!await happens('EEXIST', () => mkdir(this.#path))) { return false; }
    const mine: Owner = { state: 'claim', taskId, ...here };
    // One without an owner is swept away by whoever meets it, and made again by another: both cases show here.
    if (!await happens('ENOENT', async () => (await open(this.#pathOf(mine), 'wx')).close())) { return false; }
    if ((await readdir(this.#path)).filter(parseOwner).length === 1) { return true; }
    await this.leave(mine);
    return false;
  }

  /** Turns the claim of this process into ownership. False where it was swept away meanwhile. */
  own(taskId: string): Promise<boolean> {
    return this.takeOver({ state: 'claim', taskId, ...here });
  }

  /** Goes on where a killed process left. False where it was swept away meanwhile. */
  takeOver(owner: Owner): Promise<boolean> {
    return happens('ENOENT', () => rename(this.#pathOf(owner), this.#pathOf({ state: 'owner', taskId: owner.taskId, ...here })));
  }

  /** Undefined where there is none any more. */
  async look(): Promise<Contents | undefined> {
    try {
      const names = await readdir(this.#path);
      const owner = names.map(parseOwner).find(found => found !== undefined);
      const rest = names.filter(name => !parseOwner(name));
      return owner ? { owner: { ...owner, since: (await stat(this.#pathOf(owner))).mtimeMs }, rest } : { rest };
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) { return undefined; }
      throw error;
    }
  }

  /** @param names as `look` has told them: what came later is not touched */
  async clear(names: string[]): Promise<void> {
    for (const name of names) { await retryBusy(() => rm(join(this.#path, name), { force: true, recursive: true })); }
  }

  /** Takes the owner's name down, and the workshop with it. Does nothing where another process was faster. */
  async leave(owner: Owner | undefined): Promise<void> {
    if (owner && !await happens('ENOENT', () => rm(this.#pathOf(owner)))) { return; }
    // Another process may have swept it, or found it empty and made it its own.
    await retryBusy(() => rmdir(this.#path)).catch(() => { /* then it is that one's */ });
  }

  /** Everything of this process in it can go. */
  async remove(): Promise<void> {
    const contents = await this.look();
    if (contents?.owner?.host !== here.host || contents.owner.pid !== here.pid) { return; }
    await this.clear(contents.rest);
    await this.leave(contents.owner);
  }

  #pathOf({ state, taskId, host, pid }: Owner): string {
    return join(this.#path, [state, taskId, host, String(pid)].map(encodeURIComponent).join('&'));
  }
}

/** Whether the owner still works there, as far as can be told from here; what runs on another system is told by its age. */
export function isAtWork({ host, pid, since }: Owner & { since: number }): boolean {
  const hours = (Date.now() - since) / 3_600_000;
  if (host !== here.host) { return hours < 3; }
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
  return hours < 24; // longer than any saving: the number now belongs to another process
}

function parseOwner(name: string): Owner | undefined {
  if (!/^(claim|owner)&/.test(name)) { return undefined; }
  const [state, taskId = '', host = '', pid] = name.split('&').map(decodeURIComponent);
  return { state: state === 'owner' ? 'owner' : 'claim', taskId, host, pid: Number(pid) };
}

/** Whether the action succeeded; false for the one failure that tells of another process. */
async function happens(failure: string, action: () => Promise<unknown>): Promise<boolean> {
  try {
    await retryBusy(action);
    return true;
  } catch (error) {
    if (errorCode(error) === failure) { return false; }
    throw error;
  }
}
