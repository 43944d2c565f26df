import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Repeats what Windows refuses while a virus scanner or an indexer holds the file: `EPERM`, `EBUSY`, `EACCES`.
 * Elsewhere these mean what they say and are thrown at once.
 */
export async function retryBusy<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      const busy = process.platform === 'win32' && ['EPERM', 'EBUSY', 'EACCES'].includes(errorCode(error) ?? '');
      if (!busy || attempt === 8) { throw error; }
      await delay(20 * 2 ** attempt);
    }
  }
}

/**
 * Replaces a file whole or not at all, and is on the disk when it resolves: a kill or a power cut leaves the old or the new one.
 * Without `sync`, for caches, it does not wait for the disk: after a power cut the file may be empty, or full of zeros.
 */
export async function replaceFile(path: string, data: string | Uint8Array, { sync = true } = {}): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(data);
      if (sync) { await file.sync(); }
    } finally {
      await file.close();
    }
    await retryBusy(() => rename(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The system's code of a failed call, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** For `catch`: nothing where the file is not there, and any other error as it is. */
export function ignoreMissing(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') { throw error; }
}
