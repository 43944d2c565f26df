import { lstat, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, fileState, ignoreMissing, makeFolder } from '../core/system/files.ts';

/**
 * How many generations a day agents may ask for. Each is a file `DAY/NUMBER` that only one process can make, so windows
 * and servers share the count without a lock, and neither "always allow" nor a cleared list of tasks begins it anew. A day
 * is one of the local calendar.
 */
export class DailyQuota {
  readonly #folder: string;

  /** @param folder shared by all of this user's windows and servers; made when it is first needed */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes one of the day's generations; undefined when all are taken. Throws the system's error. */
  async reserve(limit: number, now = new Date()): Promise<Reservation | undefined> {
    const today = `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`;
    const day = join(this.#folder, today);
    const taken = new Set((await readdir(day).catch(ignoreMissing)) ?? []);
    if (taken.size === 0) await forgetEarlierDays(this.#folder, now);
    await makeFolder(day);
    for (let number = 1; number <= limit; number++) {
      if (taken.has(String(number))) continue;
      const path = join(day, String(number));
      try {
        await writeFile(path, '', { flag: 'wx' });
        return { release: () => rm(path, { force: true }) };
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error; // another process took it
      }
    }
    return undefined;
  }
}

/** One generation of a day. */
export interface Reservation {
  /** Gives it back: nothing was asked for. */
  release(): Promise<void>;
}

/** Those that are over everywhere: for a process in another time zone it may still be yesterday. */
async function forgetEarlierDays(folder: string, now: Date): Promise<void> {
  const days = (await readdir(folder).catch(ignoreMissing)) ?? [];
  const over = days.filter(
    day => /^\d{4}-\d\d-\d\d$/.test(day) && Date.parse(day) < now.getTime() - 3 * 86_400_000,
  );
  await Promise.all(over.map(day => forget(join(folder, day))));
}

/** Removes what `reserve` made, one by one; a link or anything else that it did not make stays. */
async function forget(day: string): Promise<void> {
  if ((await lstat(day).catch(ignoreMissing))?.isDirectory() !== true) return;
  for (const name of await readdir(day)) {
    const path = join(day, name);
    if (/^\d+$/.test(name) && (await fileState(path))?.size === 0) await rm(path, { force: true });
  }
  await rmdir(day).catch(() => {
    /* another process was faster, or something else lies in it */
  });
}
