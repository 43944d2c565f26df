import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import type { InputImage } from '../core/request.ts';
import type { Environment } from './environment.ts';
import { UsageError } from './usage-error.ts';

/**
 * Takes `--images` out of a command line: it takes all that follows up to the next option (seed-skill, Image-to-Image),
 * and may be repeated.
 */
export function takeImages(args: string[]): { rest: string[]; named: string[] } {
  const rest: string[] = [];
  const named: string[] = [];
  let taking = false;
  for (const arg of args) {
    if (arg === '--images' || arg.startsWith('--images=')) {
      taking = true;
      if (arg !== '--images') { named.push(arg.slice('--images='.length)); }
    } else if (arg.startsWith('-') && arg !== '-') {
      taking = false;
      rest.push(arg);
    } else {
      (taking ? named : rest).push(arg);
    }
  }
  return { rest, named };
}

/** What `--images` named. Throws UsageError for a file that is not there. */
export function inputOf(name: string, { cwd }: Pick<Environment, 'cwd'>): InputImage {
  if (/^https?:\/\//i.test(name)) {
    if (!URL.canParse(name)) { throw new UsageError(l10n.t('"{0}" is no address.', name)); }
    return { uri: name };
  }
  const path = resolve(cwd, name);
  if (!existsSync(path)) { throw new UsageError(l10n.t('There is no file {0}.', path)); }
  return { uri: pathToFileURL(path).href };
}
