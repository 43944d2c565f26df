import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { errorCode } from './files.ts';

/**
 * Whether a path lies in a folder, or is it, once the links of both are followed; it need not exist yet. Throws the
 * system's error, such as `ELOOP`, and `ENOENT` where a link leads to nothing: nothing can be made at its end.
 */
export async function isInside(path: string, folder: string): Promise<boolean> {
  const [real, root] = await Promise.all([realOf(path), realOf(folder)]);
  return isBelow(real, root);
}

/** The same by the paths alone: links count for what they are called. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !/^\.\.[/\\]/.test(way) && !isAbsolute(way);
}

/** The path with its links followed, as far as it exists. Throws as `isInside` does. */
export async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink()) throw error;
    if (found) return realpath(path); // another process made it meanwhile
    return join(await realOf(dirname(path)), basename(path));
  }
}
