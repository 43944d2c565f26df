import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import {
  kinds,
  languageOfName,
  languages,
  scaffold as codeFor,
} from '../../agents/scaffold/scaffold.ts';
import { exit, type Environment } from '../platform/environment.ts';
import { logError, log } from '../platform/output.ts';
import { oneOf, parseCommandLine, UsageError } from '../platform/usage-error.ts';
import { writeText } from '../platform/write-text.ts';

/** Its text in `jimeng --help`. */
export const help = (): string =>
  l10n.t(`  jimeng scaffold client|webhook --lang ts|js|python
                             code that uses Jimeng tasks in another project
      --output FILE          write write write write write write a new file instead of the standard output`);

/** `jimeng scaffold client|webhook --lang ts|js|python`: code for another project, on stdout or in a new file. */
export async function run(args: string[], { cwd, dist }: Environment): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args,
    allowPositionals: true,
    options: { lang: { type: 'string' }, output: { type: 'string' } },
  });
  const kind = kinds.find(known => known === positionals[0]);
  if (kind === undefined || positionals.length !== 1)
    throw new UsageError(
      l10n.t('Say what to write: "jimeng scaffold client" or "jimeng scaffold webhook".'),
    );
  const path = values.output === undefined ? undefined : resolve(cwd, values.output);
  const named = path === undefined ? undefined : languageOfName(path);
  const language = oneOf('lang', values.lang, languages) ?? named;
  if (language === undefined)
    throw new UsageError(l10n.t('Choose a language: --lang {0}.', languages.join('|')));
  if (named !== undefined && named !== language)
    throw new UsageError(
      l10n.t('{0} is not the name of a file in the language "{1}".', path ?? '', language),
    );

  const file = pathToFileURL(path ?? join(cwd, 'jimeng')).href;
  const read = (uri: string) => readFile(fileURLToPath(uri), 'utf8').catch(() => undefined);
  const code = await codeFor({ kind, language, file, read }, new URL('agents/', dist));
  if (path === undefined) {
    process.stdout.write(code);
    return exit.done;
  }
  if (!(await writeText(path, code, { overwrite: false, cwd })))
    throw new UsageError(
      l10n.t('{0} already exists and was left as it is. Choose another name with --output.', path),
    );
  log(path);
  if (kind === 'client')
    logError(
      l10n.t(
        'It reads the session ID from the environment variable JIMENG_SESSION_ID. Never write it into a file.',
      ),
    );
  return exit.done;
}
