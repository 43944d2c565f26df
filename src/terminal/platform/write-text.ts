import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as l10n from '@vscode/l10n';
import { errorCode, makeFolder, replaceFile } from '../../core/system/files.ts';
import { isBelow, isInside } from '../../core/system/inside.ts';
import { projectRoot } from '../agents/project-root.ts';
import { UsageError } from './usage-error.ts';

/**
 * Writes a text file, and the folders above it. False, and nothing changed, where something of that name is there and
 * `overwrite` does not allow to replace it. A link is replaced by the file: what it leads to is never written to. Throws
 * UsageError where it cannot be written, or a folder of the project is a link that leads out of it.
 */
export async function writeText(
  path: string,
  text: string,
  { overwrite, cwd }: { overwrite: boolean; cwd: string },
): Promise<boolean> {
  const folder = dirname(path);
  let inFolder = false;
  try {
    await assertStaysInProject(folder, cwd);
    await makeFolder(folder);
    inFolder = true;
    await (overwrite
      ? replaceFile(path, text, { mode: 0o666 })
      : writeFile(path, text, { flag: 'wx' }));
    return true;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (errorCode(error) === 'EEXIST' && inFolder) return false;
    throw new UsageError(
      l10n.t('{0} cannot be written: {1}', path, errorCode(error) ?? String(error)),
    );
  }
}

/** A path that reads as one of the project has to be one: links come with a cloned repository. Throws UsageError and the system's error. */
async function assertStaysInProject(folder: string, cwd: string): Promise<void> {
  const root = projectRoot(cwd);
  if (isBelow(folder, root) && !(await isInside(folder, root)))
    throw new UsageError(
      l10n.t(
        '{0} leads out of the project through a link, so nothing was written. Name the folder where it really is with --output.',
        folder,
      ),
    );
}
