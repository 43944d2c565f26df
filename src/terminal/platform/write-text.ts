import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as l10n from '@vscode/l10n';
import { errorCode, makeFolder, replaceFile } from '../../core/system/files.ts';
import { isBelow, isInside } from '../../core/system/inside.ts';
import { projectRoot } from '../agents/project-root.ts';
import { UsageError } from './usage-error.ts';

/**
 * Writes a text file, and its missing folders. False, without changes, if the name is taken and `overwrite` does not
 * allow replacing it. A link is replaced by the file: its target is never written. Throws UsageError if it cannot be
 * written, or a folder of the project is a link that leads out of it.
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

/**
 * A path that looks like one of the project has to be one: links come with cloned repositories. Throws UsageError and the
 * system's error.
 */
async function assertStaysInProject(folder: string, cwd: string): Promise<void> {
  const root = projectRoot(cwd);
  if (isBelow(folder, root) && !(await isInside(folder, root)))
    throw new UsageError(
      l10n.t(
        "{0} leads out of the project through a link, so nothing was written. Pass the folder's real path with --output.",
        folder,
      ),
    );
}
