import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { lock } from 'proper-lockfile';
import { makeFolder, replaceFile, errorCode, ignoreMissing, readOwnFile } from './files.ts';
import { JimengError } from '../service/failures/failures.ts';

/** A small JSON file in a folder that windows and processes share. Damaged content counts as none. */
export class SharedFile<T extends z.core.$ZodType> {
  readonly #path: string;
  readonly #schema: T;

  /** @param path on a local disk; its folder is made with the first update. */
  constructor(path: string, schema: T) {
    this.#path = path;
    this.#schema = schema;
  }

  /** What it holds; undefined where there is no file or a damaged one. Throws the system's error where it cannot be read. */
  async read(): Promise<z.output<T> | undefined> {
    const text = await readOwnFile(this.#path);
    try {
      return text === undefined ? undefined : z.parse(this.#schema, JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  /**
   * Replaces what it holds by what is made of it, alone: no update of another window or process is lost. The same value
   * again is not written. Throws JimengError (`unexpected`) where the lock cannot be had in 15 s, and the system's error.
   * @returns what it holds now
   */
  async update(change: (current: z.output<T> | undefined) => z.output<T>): Promise<z.output<T>> {
    await makeFolder(dirname(this.#path));
    return withLock(this.#path, async lost => {
      const current = await this.read();
      const next = change(current);
      lost.throwIfAborted();
      if (next !== current) await replaceFile(this.#path, JSON.stringify(next));
      return next;
    });
  }
}

/** A lock is held for milliseconds; one that nobody has touched for this long was left by a kill. */
const STALE_MS = 5_000;
const TOUCH_MS = 1_000;
const TIMEOUT_MS = 15_000;

/**
 * Does something to a small file that windows and processes share, alone. The file need not exist, its folder must.
 * Throws JimengError (`unexpected`) where the lock cannot be had in 15 s, the system's error, and what the action throws.
 * @param action gets a signal that is aborted where another process took the lock over, as after a sleep of the machine
 */
export async function withLock<T>(
  path: string,
  action: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const release = await acquire(path, lost);
  try {
    return await action(lost.signal);
  } finally {
    if (!lost.signal.aborted) await release();
  }
}

async function acquire(path: string, lost: AbortController): Promise<() => Promise<void>> {
  for (const end = Date.now() + TIMEOUT_MS; Date.now() < end;) {
    await removeDead(`${path}.lock`);
    try {
      // The library's own removal of a dead holder's lock could remove the one of its successor, where two do it at once.
      return await lock(path, {
        realpath: false,
        stale: Infinity,
        update: TOUCH_MS,
        onCompromised: error => lost.abort(error),
      });
    } catch (error) {
      if (errorCode(error) !== 'ELOCKED') throw error;
    }
    await delay(5 + 20 * Math.random()); // processes that wait together do not ask together
  }
  throw new JimengError({
    kind: 'unexpected',
    detail: `${basename(path)} is locked by another process`,
  });
}

/** Removes the lock of a dead holder: one process at a time, which looks once more when it is alone. */
async function removeDead(path: string): Promise<void> {
  if (!(await isDead(path))) return;
  const alone = `${path}.removal`;
  try {
    await mkdir(alone);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if (await isDead(alone)) await rmdir(alone).catch(ignoreMissing); // killed between two lines; the next look goes on
    return;
  }
  try {
    if (await isDead(path)) await rmdir(path).catch(ignoreMissing);
  } finally {
    await rmdir(alone).catch(ignoreMissing);
  }
}

async function isDead(path: string): Promise<boolean> {
  const touchedAt = (await stat(path).catch(ignoreMissing))?.mtimeMs;
  return touchedAt !== undefined && Date.now() - touchedAt > STALE_MS;
}
