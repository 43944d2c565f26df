import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** seed-skill, Script Details: the project root is where one of these lies. */
const markers = ['.git', '.claude', 'package.json', 'pyproject.toml', 'requirements.txt'];

/**
 * The nearest folder at or above `folder` that looks like a project's root; `folder` itself where none does. The home
 * folder, which holds a `.claude` of all projects, and the root of a disk are no projects.
 */
export function projectRoot(folder: string): string {
  for (let candidate = folder; ; candidate = dirname(candidate)) {
    if (!isTooWide(candidate) && markers.some(marker => existsSync(join(candidate, marker))))
      return candidate;
    if (dirname(candidate) === candidate) return folder;
  }
}

/** Whether what lies there is not one project's: it is the root of a disk, or the home folder. */
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
