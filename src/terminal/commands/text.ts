import * as l10n from '@vscode/l10n';
import type { Environment } from '../platform/environment.ts';
import { generate } from '../generation/generate.ts';
import { optionsHelp, readCommand } from '../generation/options.ts';

/** What `jimeng --help` says of it. */
export const help = (): string =>
  [
    l10n.t('  jimeng text "prompt"       generate pictures, saved as PNG in pic/ of the project'),
    optionsHelp('image'),
    l10n.t(`      --allow-unknown-model  send a model that is newer than this version
      --output-dir FOLDER    instead of pic/
      --async                leave the task with the service, print its id and end
      --async --wait         leave it with the service, follow it and save
      --dry-run              show the request and what will come of it; nothing is sent
      --json                 one object on stdout
      --session-id ID        better in JIMENG_SESSION_ID, where other users cannot see it
      --api-url URL          or JIMENG_API_URL; http://localhost:5100 unless given
      --allow-http           send the session ID unencrypted to another machine
      "-" as the prompt reads it from the standard input`),
  ].join('\n');

/** `jimeng text "prompt"`: pictures from words. */
export async function run(args: string[], environment: Environment): Promise<number> {
  const { request, how } = await readCommand('image', args, environment);
  return generate(request, how, environment);
}
