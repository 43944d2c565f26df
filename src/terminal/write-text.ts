import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as l10n from '@vscode/l10n';
import { errorCode } from '../core/files.ts';
import { UsageError } from './usage-error.ts';

/**
 * Writes a text file, and the folders above it. False, and nothing changed, where there is one already and `overwrite`
 * does not allow it. Throws UsageError where it cannot be written.
 */
export async function writeText(path: string, text: string, { overwrite }: { overwrite: boolean }): Promise<boolean> {
  let inFolder = false;
  try {
    await mkdir(dirname(path), { recursive: true });
    inFolder = true;
    await writeFile(path, text, { flag: overwrite ? 'w' : 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && inFolder) { return false; }
    throw new UsageError(l10n.t('{0} cannot be written: {1}', path, errorCode(error) ?? String(error)));
  }
}
