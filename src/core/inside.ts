import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative } from 'node:path';
import { errorCode } from './files.ts';

/** Whether a path lies in a folder, or is it, once the links of both are followed; it need not exist yet. */
export async function isInside(path: string, folder: string): Promise<boolean> {
  const [real, root] = await Promise.all([realOf(path), realOf(folder)]);
  const way = relative(root, real);
  return way !== '..' && !/^\.\.[/\\]/.test(way) && !isAbsolute(way);
}

/** The path with its links followed, as far as it exists. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) { throw error; }
    return `${await realOf(dirname(path))}${path.slice(dirname(path).length)}`;
  }
}
