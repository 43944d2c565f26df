import { join, resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import { errorCode } from '../../core/system/files.ts';
import { isInside } from '../../core/system/inside.ts';
import type { Environment } from '../platform/environment.ts';
import { projectRoot } from '../agents/project-root.ts';
import { UsageError } from '../platform/usage-error.ts';

/** The folder for pictures: the given one, else `pic` of the project. */
export function outputFolder(named: string | undefined, { cwd }: Environment): string {
  return named === undefined ? join(projectRoot(cwd), 'pic') : resolve(cwd, named);
}

/**
 * Why the folder for pictures may not be used, as a sentence: the project's own is a link that leads out of the project.
 * It may have come with a cloned repository, and nobody may be there to be asked. A given one is the person's choice.
 */
export async function whyNotFolder(
  named: string | undefined,
  environment: Environment,
): Promise<string | undefined> {
  if (named !== undefined) return undefined;
  const root = projectRoot(environment.cwd);
  const folder = outputFolder(undefined, environment);
  const inside = await isInside(folder, root).catch((error: unknown) =>
    errorCode(error) === 'ENOENT'
      ? l10n.t('it is a broken link')
      : (errorCode(error) ?? String(error)),
  );
  if (inside === true) return undefined;
  return inside === false
    ? l10n.t(
        '{0} is a link that leads out of the project. If you trust it, pass the folder with --output-dir.',
        folder,
      )
    : l10n.t(
        '{0} cannot be used as the folder for pictures: {1}. Choose another one with --output-dir.',
        folder,
        inside,
      );
}

/** Throws UsageError with that sentence. */
export async function assertFolder(
  named: string | undefined,
  environment: Environment,
): Promise<void> {
  const why = await whyNotFolder(named, environment);
  if (why !== undefined) throw new UsageError(why);
}
