import { parseArgs, type ParseArgsConfig } from 'node:util';
import * as l10n from '@vscode/l10n';

/** A command line that cannot be carried out; the message is a sentence for the person. */
export class UsageError extends Error {}

/** Node's `parseArgs`, with its errors as `UsageError`. */
export function parseCommandLine<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (error instanceof TypeError) { throw new UsageError(error.message); }
    throw error;
  }
}

/** The one id that a command is for. */
export function onlyId(positionals: string[]): string {
  const [id] = positionals;
  if (id === undefined || positionals.length !== 1) { throw new UsageError(l10n.t('Give one task ID; {0} were given. "jimeng tasks" lists them.', positionals.length)); }
  return id;
}

/** A whole number from `min` to `max` out of an option's text. */
export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) {
    throw new UsageError(l10n.t('--{0} takes a whole number from {1} to {2}, not "{3}".', option, min, max, text));
  }
  return value;
}

/** One of the values that an option may have; undefined where it was not given. */
export function oneOf<T extends string>(option: string, value: string | undefined, allowed: readonly T[]): T | undefined {
  const found = allowed.find(known => known === value);
  if (value === undefined || found !== undefined) { return found; }
  throw new UsageError(l10n.t('--{0} takes one of {1}, not "{2}".', option, allowed.join(', '), value));
}
