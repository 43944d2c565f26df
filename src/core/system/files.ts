import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, rename, rm, stat, readFile } from 'node:fs/promises';
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
      const busy =
        process.platform === 'win32' &&
        ['EPERM', 'EBUSY', 'EACCES'].includes(errorCode(error) ?? '');
      if (!busy || attempt === 8) throw error;
      await delay(20 * 2 ** attempt);
    }
  }
}

/**
 * Replaces a file whole or not at all, and is on the disk when it resolves: a kill or a power cut leaves the old or the new one.
 * A link of that name is replaced itself. Only this user can read the file, unless a `mode` says otherwise.
 * Without `sync`, for caches, it does not wait for the disk: after a power cut the file may be empty, or full of zeros.
 */
export async function replaceFile(
  path: string,
  data: string | Uint8Array,
  { sync = true, mode = 0o600 } = {},
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(data);
      if (sync) await file.sync();
    } finally {
      await file.close();
    }
    await retryBusy(() => rename(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Makes a folder, and those above it that are missing. Throws the system's error. `mkdir` of Node does not: with `recursive`
 * it tries for ever where a file system takes no folders, as that of /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && dirname(path) !== path) {
      await makeFolder(dirname(path));
      await mkdir(path).catch((again: unknown) => assertFolder(path, again)); // another process may have been faster
    } else {
      await assertFolder(path, error);
    }
  }
}

/** @param error thrown where there is no folder, by itself or through a link */
async function assertFolder(path: string, error: unknown): Promise<void> {
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw error;
}

/** A file's state. Undefined where there is none, or something else: a link is none, whatever it leads to. Throws the system's error. */
export async function fileState(path: string): Promise<Stats | undefined> {
  const found = await lstat(path).catch(ignoreMissing);
  return found?.isFile() === true ? found : undefined;
}

/** The system's code of a failed call, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** No room, or the user's quota is used up. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '');
}

/** For `catch`: nothing where the file is not there, and any other error as it is. */
export function ignoreMissing(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}

/** What the system says where a folder, a link, a socket or a path through a file is found instead of a file. */
const notAFile = new Set(['EISDIR', 'ELOOP', 'EMLINK', 'ENOTDIR', 'ENXIO']);

/** Links are not followed, and a pipe is not waited for. Windows has neither flag: there they are undefined, which counts as 0. */
const flag = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The text of a small file in our own storage; undefined where there is none. What is no regular file reads as an empty one,
 * which every reader takes for damaged. Throws the system's error where the file cannot be read.
 */
export async function readOwnFile(path: string): Promise<string | undefined> {
  try {
    return await retryBusy(() => readFile(path, { encoding: 'utf8', flag }));
  } catch (error) {
    if (isNotAFile(error)) return '';
    ignoreMissing(error);
    return undefined;
  }
}

/** For a failed call: whether something else stands where a file or a folder of ours belongs. */
export function isNotAFile(error: unknown): boolean {
  return notAFile.has(errorCode(error) ?? '');
}
