import * as l10n from '@vscode/l10n';
import type { Environment } from '../platform/environment.ts';
import { generate } from '../generation/generate.ts';
import { optionsHelp, readCommand } from '../generation/options.ts';
import { inputOf, takeImages } from '../generation/take-images.ts';

/** What `jimeng --help` says of it. */
export const help = (): string =>
  [
    l10n.t(`  jimeng video "prompt" [--images first.png last.png]
                             a video, saved as MP4: from text, from a first frame, or from a first and a last`),
    optionsHelp('video'),
    `${' '.repeat(29)}${l10n.t('and the other options of text')}`,
  ].join('\n');

/** `jimeng video "prompt" --images first.png last.png`: a video from words, frames or materials. */
export async function run(args: string[], environment: Environment): Promise<number> {
  const { rest, named } = takeImages(args);
  const { request, how } = await readCommand('video', rest, environment, ['images']);
  return generate(
    {
      ...request,
      ...(named.length > 0 && { images: named.map(name => inputOf(name, environment)) }),
    },
    how,
    environment,
  );
}
