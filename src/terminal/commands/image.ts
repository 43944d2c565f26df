import * as l10n from '@vscode/l10n';
import type { Environment } from '../platform/environment.ts';
import { generate } from '../generation/generate.ts';
import { readCommand } from '../generation/options.ts';
import { inputOf, noPictures, takeImages } from '../generation/take-images.ts';

/** What `jimeng --help` says of it. */
export const help = (): string =>
  l10n.t(`  jimeng image "prompt" --images a.jpg https://…
                             pictures from up to ten others; options as for text`);

/** `jimeng image "prompt" --images a.jpg https://…`: pictures from up to ten others, in their order. */
export async function run(args: string[], environment: Environment): Promise<number> {
  const { rest, named } = takeImages(args);
  if (named.length === 0) throw noPictures();
  const { request, how } = await readCommand('image', rest, environment, ['images']);
  return generate(
    { ...request, images: named.map(name => inputOf(name, environment)) },
    how,
    environment,
  );
}
