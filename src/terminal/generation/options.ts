import { text as readAll } from 'node:stream/consumers';
import type { parseArgs } from 'node:util';
import * as l10n from '@vscode/l10n';
import type { CheckOptions } from '../../core/request/checked.ts';
import type { ServiceAddress } from '../../core/service/address.ts';
import type { ImageRequest, VideoRequest } from '../../core/request/schema.ts';
import { readAddress } from '../platform/address.ts';
import type { Environment } from '../platform/environment.ts';
import { parseCommandLine, UsageError } from '../platform/usage-error.ts';

/** What every generating command takes. */
const options = {
  'session-id': { type: 'string' },
  model: { type: 'string' },
  ratio: { type: 'string' },
  resolution: { type: 'string' },
  'api-url': { type: 'string' },
  'output-dir': { type: 'string' },
  'callback-url': { type: 'string' },
  'allow-http': { type: 'boolean', default: false },
  'allow-unknown-model': { type: 'boolean', default: false },
  async: { type: 'boolean', default: false },
  wait: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

const imageOptions = {
  ...options,
  'intelligent-ratio': { type: 'boolean' },
  'negative-prompt': { type: 'string' },
  'sample-strength': { type: 'string' },
} as const;

const videoOptions = {
  ...options,
  duration: { type: 'string' },
  'omni-reference': { type: 'boolean' },
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

/** Reads the command line of `jimeng text` and `jimeng image`. Throws UsageError. */
export async function readImageCommand(
  args: string[],
  environment: Environment,
): Promise<{ request: ImageRequest; how: HowToGenerate }> {
  const { values, positionals } = parseCommandLine({
    args,
    options: imageOptions,
    allowPositionals: true,
  });
  const request: ImageRequest = {
    kind: 'image',
    ...(await commonOf(values, positionals)),
    ...defined({
      negativePrompt: values['negative-prompt'],
      sampleStrength: numberOf(values['sample-strength']),
      intelligentRatio: values['intelligent-ratio'],
    }),
  };
  return { request, how: howOf(values, environment) };
}

/** Reads the command line of `jimeng video`. Throws UsageError. */
export async function readVideoCommand(
  args: string[],
  environment: Environment,
): Promise<{ request: VideoRequest; how: HowToGenerate }> {
  const { values, positionals } = parseCommandLine({
    args,
    options: videoOptions,
    allowPositionals: true,
  });
  const request: VideoRequest = {
    kind: 'video',
    ...(await commonOf(values, positionals)),
    ...defined({ duration: numberOf(values.duration), omniReference: values['omni-reference'] }),
  };
  return { request, how: howOf(values, environment) };
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

/** What every request has. */
async function commonOf(values: Values, positionals: string[]) {
  if (positionals.length !== 1)
    throw new UsageError(
      l10n.t('Give one prompt, in quotation marks; {0} were given.', positionals.length),
    );

  const { model, ratio, resolution, 'callback-url': callbackUrl } = values;
  return {
    prompt: await readPrompt(positionals[0] ?? ''),
    ...defined({ model, ratio, resolution, callbackUrl }),
  };
}

function howOf(values: Values, environment: Environment): HowToGenerate {
  if (values.wait && !values.async)
    throw new UsageError(
      l10n.t('--wait belongs to --async. Without --async the command waits anyway.'),
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
function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text.trim() || NaN);
}

/** `-` stands for the standard input, whose last line end is not part of the prompt. */
async function readPrompt(given: string): Promise<string> {
  return given === '-' ? (await readAll(process.stdin)).replace(/\r?\n$/, '') : given;
}

function safeAddress(address: ServiceAddress, allowHttp: boolean): ServiceAddress {
  if (address.needsConsent && !allowHttp)
    throw new UsageError(
      l10n.t(
        '{0} is another machine, and without https your session ID can be read on the way. Use https, or add --allow-http if you trust the network.',
        address.url,
      ),
    );

  return address;
}

/** The same object without what was not given. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
