import { mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { errorCode } from '../system/files.ts';
import { JimengError } from '../service/failures/failures.ts';
import type { Finding } from './finding.ts';

/** @param name as it is shown @param path of a local disk; elsewhere the file system says nothing before it is written to */
export async function writableFinding(name: string, path: string | undefined): Promise<Finding> {
  const why = path === undefined ? undefined : await whyNotWritable(path);
  if (why === undefined)
    return { kind: 'folder', level: 'ok', sentence: l10n.t('Pictures can be saved in {0}.', name) };
  return {
    kind: 'folder',
    level: 'problem',
    sentence: l10n.t('Nothing can be saved in {0}: {1}.', name, why),
    fix: 'chooseFolder',
  };
}

/**
 * Called before anything is paid for. Throws JimengError (`folderUnreachable`) if nothing can be saved in a folder on a
 * local disk.
 */
export async function assertWritable(path: string): Promise<void> {
  const why = await whyNotWritable(path);
  if (why !== undefined)
    throw new JimengError({
      kind: 'folderUnreachable',
      detail: l10n.t('Nothing can be saved in {0}: {1}.', path, why),
    });
}

/**
 * Why nothing can be saved in a folder on a local disk: the system's error code, or undefined if it can. The folder need
 * not exist yet.
 */
async function whyNotWritable(path: string): Promise<string | undefined> {
  try {
    const existing = await nearestExisting(path);
    // Permissions alone are not reliable on Windows and network disks, so something is created there and removed.
    await rmdir(await mkdtemp(join(existing, '.jimeng-')));
    return undefined;
  } catch (error) {
    return errorCode(error) ?? String(error);
  }
}

async function nearestExisting(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    return nearestExisting(dirname(path));
  }
}
