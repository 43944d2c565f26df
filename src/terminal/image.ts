import * as l10n from '@vscode/l10n';
import type { Environment } from './environment.ts';
import { generate } from './generate.ts';
import { readImageCommand } from './generation-options.ts';
import { inputOf, takeImages } from './take-images.ts';
import { UsageError } from './usage-error.ts';

/** `jimeng image "prompt" --images a.jpg https://…`: pictures from up to ten others, in their order. */
export async function image(args: string[], environment: Environment): Promise<number> {
  const { rest, named } = takeImages(args);
  if (named.length === 0) { throw new UsageError(l10n.t('Name the pictures to work from: --images a.jpg https://example.com/b.png')); }
  const { request, how } = await readImageCommand(rest, environment);
  return generate({ ...request, images: named.map(name => inputOf(name, environment)) }, how, environment);
}
