import * as l10n from '@vscode/l10n';
import type { Environment } from '../platform/environment.ts';
import { generate } from '../generation/generate.ts';
import { optionsHelp, readCommand } from '../generation/options.ts';

/** Its text in `jimeng --help`. */
export const help = (): string =>
  [
    l10n.t('  jimeng text "prompt"       generate pictures, saved as PNG in pic/ of the project'),
    optionsHelp('image'),
    l10n.t(`      --allow-unknown-model  send a model that is newer than this version
      --output-dir FOLDER    instead of pic/
      --async                leave the task at the service, print its ID and exit
      --async --wait         leave it at the service, wait for it and save
      --dry-run              show the request and what it would make; nothing is sent
      --json                 one object on stdout
      --session-id ID        better in JIMENG_SESSION_ID, where other users cannot see it
      --api-url URL          or JIMENG_API_URL; default http://localhost:5100
      --allow-http           send the session ID unencrypted to another machine
      "-" as the prompt reads it from the standard input`),
  ].join('\n');

/** `jimeng text "prompt"`: pictures from text. */
export async function run(args: string[], environment: Environment): Promise<number> {
  const { request, how } = await readCommand('image', args, environment);
  return generate(request, how, environment);
}
