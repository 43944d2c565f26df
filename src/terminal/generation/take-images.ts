import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import type { InputImage } from '../../core/request/schema.ts';
import type { Environment } from '../platform/environment.ts';
import { oneLine } from '../platform/output.ts';
import { UsageError } from '../platform/usage-error.ts';

/**
 * Extracts `--images` from a command line: it takes everything up to the next option (seed-skill, Image-to-Image), and
 * may be repeated. Throws UsageError if nothing or an empty string follows, as left by an empty variable: without its
 * pictures it would be a different, paid request.
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
      l10n.t('--images was given an empty name. Check whether a variable is empty.'),
    );
  return { rest, named };
}

function isOption(arg: string): boolean {
  return arg.startsWith('-') && arg !== '-';
}

/** For a command that requires them. */
export function noPictures(): UsageError {
  return new UsageError(
    l10n.t('Pass the pictures to work from: --images a.jpg https://example.com/b.png'),
  );
}

/** The inputs given with `--images`. Throws UsageError for a missing file. */
export function inputOf(name: string, { cwd }: Pick<Environment, 'cwd'>): InputImage {
  if (/^https?:\/\//i.test(name)) {
    if (!URL.canParse(name))
      throw new UsageError(l10n.t('"{0}" is not an address.', oneLine(name)));
    return { uri: name };
  }
  const path = resolve(cwd, name);
  if (!existsSync(path)) throw new UsageError(l10n.t('There is no file {0}.', oneLine(path)));
  return { uri: pathToFileURL(path).href };
}
