import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { errorCode } from './files.ts';

/**
 * Whether a path is in a folder, or is the folder, once the links of both are resolved; it need not exist yet. Throws the
 * system's error, such as `ELOOP`, and `ENOENT` for a broken link, since nothing can be created at its target.
 */
export async function isInside(path: string, folder: string): Promise<boolean> {
  const [real, root] = await Promise.all([realOf(path), realOf(folder)]);
  return isBelow(real, root);
}

/** The same by paths alone, without resolving links. */
export function isBelow(path: string, folder: string): boolean {
  const relation = relative(folder, path);
  return relation !== '..' && !/^\.\.[/\\]/.test(relation) && !isAbsolute(relation);
}

/** The path with its links resolved, as far as it exists. Throws as `isInside` does. */
export async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink()) throw error;
    if (found) return realpath(path); // another process created it meanwhile
    return join(await realOf(dirname(path)), basename(path));
  }
}
