import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import type { InputImage } from '../../core/request/schema.ts';
import type { Environment } from '../platform/environment.ts';
import { oneLine } from '../platform/output.ts';
import { UsageError } from '../platform/usage-error.ts';

/**
 * Takes `--images` out of a command line: it takes all that follows up to the next option (seed-skill, Image-to-Image),
 * and may be repeated. Throws UsageError where it is followed by nothing or an empty word, as an empty variable leaves
 * behind: without its pictures it would be another request, and a paid one.
 */
export function takeImages(args: string[]): { rest: string[]; named: string[] } {
  const rest: string[] = [];
  const named: string[] = [];
  let taking = false;
  for (const [index, arg] of args.entries()) {
    if (arg === '--images') {
      taking = true;
      if (isOption(args[index + 1] ?? '--')) throw noPictures();
    } else if (arg.startsWith('--images=')) {
      taking = true;
      named.push(arg.slice('--images='.length));
    } else if (isOption(arg)) {
      taking = false;
      rest.push(arg);
    } else {
      (taking ? named : rest).push(arg);
    }
  }
  if (named.some(name => name.trim() === ''))
    throw new UsageError(
      l10n.t('--images was given an empty name. Look whether a variable is empty.'),
    );
  return { rest, named };
}

function isOption(arg: string): boolean {
  return arg.startsWith('-') && arg !== '-';
}

/** Also of a command that cannot do without. */
export function noPictures(): UsageError {
  return new UsageError(
    l10n.t('Name the pictures to work from: --images a.jpg https://example.com/b.png'),
  );
}

/** What `--images` named. Throws UsageError for a file that is not there. */
export function inputOf(name: string, { cwd }: Pick<Environment, 'cwd'>): InputImage {
  if (/^https?:\/\//i.test(name)) {
    if (!URL.canParse(name)) throw new UsageError(l10n.t('"{0}" is no address.', oneLine(name)));
    return { uri: name };
  }
  const path = resolve(cwd, name);
  if (!existsSync(path)) throw new UsageError(l10n.t('There is no file {0}.', oneLine(path)));
  return { uri: pathToFileURL(path).href };
}
