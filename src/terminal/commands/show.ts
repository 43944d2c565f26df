import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import { openFile } from '../../core/inputs/open-file.ts';
import { describeSettings } from '../../core/images/describe-settings.ts';
import { settingsIn } from '../../core/images/settings.ts';
import { exit, type Environment } from '../platform/environment.ts';
import { log, logJson } from '../platform/output.ts';
import { parseCommandLine, UsageError } from '../platform/usage-error.ts';

/** Its text in `jimeng --help`. */
export const help = (): string =>
  l10n.t(`  jimeng show FILE           how a picture was made, read from its file; needs no session ID and no service
      --json
                             JIMENG_METADATA=noPrompt leaves the prompt out of pictures that are saved`);

/** `jimeng show FILE`: how a picture was made, as recorded in the file. Throws UsageError and JimengError. */
export async function run(args: string[], { cwd }: Environment): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length !== 1)
    throw new UsageError(l10n.t('Name one picture: jimeng show FILE'));
  const path = resolve(cwd, file);
  const settings = await settingsIn(pathToFileURL(path).href, openFile);
  if (values.json) logJson({ path, ...settings });
  else log(describeSettings(settings).trimEnd());
  return exit.done;
}
