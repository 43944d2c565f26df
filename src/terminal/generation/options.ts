import { text as readAll } from 'node:stream/consumers';
import type { parseArgs } from 'node:util';
import * as l10n from '@vscode/l10n';
import type { CheckOptions } from '../../core/request/checked.ts';
import type { ServiceAddress } from '../../core/service/address.ts';
import type { Kind } from '../../core/request/option.ts';
import { optionRows, type OptionName } from '../../core/request/option-values.ts';
import type { GenerationRequest } from '../../core/request/schema.ts';
import { readAddress, type Environment } from '../platform/environment.ts';
import { parseCommandLine, UsageError } from '../platform/usage-error.ts';

/** How to generate; what to generate is in the table of options. */
const options = {
  'session-id': { type: 'string' },
  'api-url': { type: 'string' },
  'output-dir': { type: 'string' },
  'allow-http': { type: 'boolean', default: false },
  'allow-unknown-model': { type: 'boolean', default: false },
  async: { type: 'boolean', default: false },
  wait: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** How to generate, apart from what. */
export interface HowToGenerate {
  address: ServiceAddress;
  sessionId: string | undefined;
  unknownModels: CheckOptions['unknownModels'];
  outputFolder: string | undefined;
  async: boolean;
  wait: boolean;
  dryRun: boolean;
  json: boolean;
}

/** Reads the command line of a generating command. Throws UsageError. @param others options that the command reads itself */
export async function readCommand<K extends Kind>(
  kind: K,
  args: string[],
  environment: Environment,
  others: readonly string[] = [],
): Promise<{ request: GenerationRequest & { kind: K }; how: HowToGenerate }> {
  const rows = optionRows(kind).map(row => ({ ...row, flag: flagOf(row.name) }));
  const flags = rows.map(({ flag, type }) => [
    flag,
    { type: type === 'boolean' ? type : ('string' as const) },
  ]);
  const { values, positionals } = parseCommandLine(
    {
      args,
      options: { ...(Object.fromEntries(flags) as object), ...options },
      allowPositionals: true,
    },
    { others, instead: { prompt: l10n.t('The prompt needs none: jimeng text "a cute cat".') } },
  );
  if (positionals.length !== 1)
    throw new UsageError(
      l10n.t('Give one prompt, in quotation marks; {0} were given.', positionals.length),
    );
  const given: Partial<Record<string, string | boolean>> = values;
  const chosen = rows.flatMap(({ name, type, flag }) => {
    const value = given[flag];
    return value === undefined ? [] : [[name, type === 'number' ? numberOf(value) : value]];
  });
  const request = {
    kind,
    prompt: await readPrompt(positionals[0] ?? ''),
    ...(Object.fromEntries(chosen) as object),
  } as GenerationRequest & { kind: K };
  return { request, how: howOf(values, environment) };
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

function howOf(values: Values, environment: Environment): HowToGenerate {
  if (values.wait && !values.async)
    throw new UsageError(
      l10n.t('--wait only works with --async. Without --async the command always waits.'),
    );

  return {
    address: safeAddress(readAddress(values['api-url'], environment), values['allow-http']),
    sessionId: values['session-id'],
    unknownModels: values['allow-unknown-model'] ? 'pass' : 'refuse',
    outputFolder: values['output-dir'],
    async: values.async,
    wait: values.wait,
    dryRun: values['dry-run'],
    json: values.json,
  };
}

/** NaN for what is none: Number('') would be 0, which nobody asked for. */
function numberOf(text: string | boolean): number {
  return Number(String(text).trim() || NaN);
}

/** `-` stands for the standard input, whose last line end is not part of the prompt. */
async function readPrompt(given: string): Promise<string> {
  return given === '-' ? (await readAll(process.stdin)).replace(/\r?\n$/, '') : given;
}

function safeAddress(address: ServiceAddress, allowHttp: boolean): ServiceAddress {
  if (address.needsConsent && !allowHttp)
    throw new UsageError(
      l10n.t(
        '{0} is another machine, and without https your session ID can be read in transit. Use https, or add --allow-http if you trust the network.',
        address.url,
      ),
    );

  return address;
}

/** The flag of an option: `negative-prompt`. */
export function flagOf(name: OptionName): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}

/** The help of the options of a kind of request, in the order of the table. */
export function optionsHelp(kind: Kind): string {
  return optionRows(kind)
    .flatMap(({ name, usage, help }) => {
      const text = help[kind];
      if (!text) return [];
      const [first = '', ...others] = text().split('\n');
      const flag = padded(usage ? `--${flagOf(name)} ${usage()}` : `--${flagOf(name)}`);
      return [`      ${flag} ${first}`, ...others.map(line => `${' '.repeat(29)}${line}`)];
    })
    .join('\n');
}

/** To the column where help begins; a Chinese character takes two. */
function padded(flag: string): string {
  const wide = flag.match(/[\u2e80-\uffef]/g)?.length ?? 0;
  return flag.padEnd(22 - wide);
}
