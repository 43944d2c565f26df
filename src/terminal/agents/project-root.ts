import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** seed-skill, Script Details: the project root contains one of these. */
const markers = ['.git', '.claude', 'package.json', 'pyproject.toml', 'requirements.txt'];

/**
 * The nearest folder at or above `folder` that looks like a project root; `folder` itself if there is none. The home
 * folder, whose `.claude` is for all projects, and the root of a disk do not count.
 */
export function projectRoot(folder: string): string {
  for (let candidate = folder; ; candidate = dirname(candidate)) {
    if (!isTooWide(candidate) && markers.some(marker => existsSync(join(candidate, marker))))
      return candidate;
    if (dirname(candidate) === candidate) return folder;
  }
}

/** Whether the folder is too wide to be a project: the root of a disk, or the home folder. */
export function isTooWide(path: string): boolean {
  return dirname(path) === path || realOf(path) === realOf(homedir());
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
