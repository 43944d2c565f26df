import { parseArgs, type ParseArgsConfig } from 'node:util';
import * as l10n from '@vscode/l10n';
import { didYouMean, didYouMeanValue } from '../../core/request/closest.ts';
import { joinSentences } from '../../core/service/failures/failures.ts';

/** A command line that cannot be carried out; the message is a sentence for the person. */
export class UsageError extends Error {}

/** The person pressed Ctrl-C where nothing was begun yet. */
export class Interrupted extends Error {}

/** What can be said of an option that is not in the configuration. */
export interface Hints {
  /** Options that are read elsewhere. */
  others?: readonly string[];
  /** What is said of an option that people expect, by its name. */
  instead?: Readonly<Record<string, string>>;
}

/** Node's `parseArgs`. Throws UsageError in the reader's language for what it refuses: its own words are English. */
export function parseCommandLine<T extends ParseArgsConfig>(
  config: T,
  { others = [], instead = {} }: Hints = {},
): ReturnType<typeof parseArgs<T>> {
  const { args = [], options = {}, allowPositionals = false } = config;
  const { tokens = [] } = parseArgs({ ...config, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional' && !allowPositionals)
      throw new UsageError(l10n.t('This command does not accept "{0}".', token.value));
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option) {
      // `-model` is four options to Node; a prompt that begins with "-" is none.
      const [typed = rawName] = /^-[\w-]+(?==|$)/.exec(args[token.index] ?? '') ?? [];
      const hint =
        instead[typed.replace(/^-+/, '')] ??
        didYouMean(typed, [...Object.keys(options), ...others], '--');
      throw unknownOption(typed, hint, allowPositionals);
    }
    if (option.type === 'boolean' && value !== undefined)
      throw new UsageError(l10n.t('{0} takes no value.', rawName));
    if (option.type === 'string' && (value === undefined || (!inlineValue && /^-./.test(value))))
      throw new UsageError(
        l10n.t('{0} needs a value. Write one that begins with "-" as {0}=VALUE.', rawName),
      );
  }
  return parseArgs(config);
}

function unknownOption(typed: string, hint: string, allowPositionals: boolean): UsageError {
  return new UsageError(
    joinSentences(
      l10n.t('There is no option {0}.', typed),
      hint,
      allowPositionals ? l10n.t('Put arguments that begin with "-" at the end, after "--".') : '',
    ),
  );
}

/** The one id that a command is for. */
export function onlyId(positionals: string[]): string {
  const [id] = positionals;
  if (id === undefined || positionals.length !== 1)
    throw new UsageError(
      l10n.t('Give one task ID; {0} were given. "jimeng tasks" lists them.', positionals.length),
    );
  return id;
}

/** A whole number from `min` to `max` out of an option's text. */
export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max))
    throw new UsageError(
      l10n.t('--{0} takes a whole number from {1} to {2}, not "{3}".', option, min, max, text),
    );

  return value;
}

/** One of the values that an option may have; undefined where it was not given. */
export function oneOf<T extends string>(
  option: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  const found = allowed.find(known => known === value);
  if (value === undefined || found !== undefined) return found;
  throw new UsageError(
    joinSentences(
      l10n.t('--{0} takes one of {1}, not "{2}".', option, allowed.join(', '), value),
      didYouMeanValue(value, allowed),
    ),
  );
}
