import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** seed-skill, Script Details: the project root is where one of these lies. */
const markers = ['.git', '.claude', 'package.json', 'pyproject.toml', 'requirements.txt'];

/** The nearest folder at or above `folder` that looks like a project's root; `folder` itself where none does. */
export function projectRoot(folder: string): string {
  for (let candidate = folder; ; candidate = dirname(candidate)) {
    if (markers.some(marker => existsSync(join(candidate, marker)))) { return candidate; }
    if (dirname(candidate) === candidate) { return folder; }
  }
}
