import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { errorCode } from './files.ts';

/**
 * Whether a path lies in a folder, or is it, once the links of both are followed; it need not exist yet, and where a link
 * leads to nothing, what counts is where that would be. Throws the system's error, such as `ELOOP`.
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

/** The path with its links followed, as far as it exists. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) { throw error; }
  }
  const target = await readlink(path).catch(() => undefined);
  // Put together without being resolved: behind a link, ".." is not the folder that the link lies in.
  if (target !== undefined) { return realOf(isAbsolute(target) ? target : `${dirname(path)}${sep}${target}`); }
  return join(await realOf(dirname(path)), basename(path));
}
