import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import { exit, type Environment } from '../platform/environment.ts';
import { logError, log } from '../platform/output.ts';
import { projectRoot } from '../agents/project-root.ts';
import { parseCommandLine, UsageError } from '../platform/usage-error.ts';
import { writeText } from '../platform/write-text.ts';

/** Its text in `jimeng --help`. */
export const help = (): string =>
  l10n.t(`  jimeng skill               a SKILL.md for agents, in .claude/skills/jimeng of the project
      --output FOLDER --force  another folder ("-" prints it); replace an existing file`);

/** `jimeng skill`: writes the file that teaches agents these commands, at its place in a project or to stdout. */
export async function run(args: string[], { cwd, dist }: Environment): Promise<number> {
  const { values } = parseCommandLine({
    args,
    options: { output: { type: 'string' }, force: { type: 'boolean', default: false } },
  });
  const text = await readFile(new URL('agents/SKILL.md', dist), 'utf8');
  if (values.output === '-') {
    process.stdout.write(text);
    return exit.done;
  }
  const folder =
    values.output === undefined
      ? join(projectRoot(cwd), '.claude', 'skills', 'jimeng')
      : resolve(cwd, values.output);
  const path = join(folder, 'SKILL.md');
  const isThere = await holds(path, text);
  if (!isThere && !(await writeText(path, text, { overwrite: values.force, cwd })))
    throw new UsageError(
      l10n.t(
        '{0} already exists with other content and was left as it is. --force replaces it, --output chooses another folder.',
        path,
      ),
    );

  log(path);
  if (isThere) logError(l10n.t('This version is already there.'));
  return exit.done;
}

/** Whether it is a file with this text. Nothing else is read: some devices have no end. */
async function holds(path: string, text: string): Promise<boolean> {
  try {
    const found = await stat(path);
    return (
      found.isFile() &&
      found.size === Buffer.byteLength(text) &&
      (await readFile(path, 'utf8')) === text
    );
  } catch {
    return false;
  }
}
