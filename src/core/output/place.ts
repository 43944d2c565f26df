import { link, open, rename } from 'node:fs/promises';
import { errorCode, retryBusy } from '../system/files.ts';

/** What a disk without hard links says to `link` (exFAT, some network and FUSE disks). */
const noHardLinks = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EXDEV',
  'EACCES',
  'EINVAL',
  'EISDIR',
]);

/** `link` of node:fs; a test hands in one that fails as on a disk without hard links. */
export type MakeLink = typeof link;

/**
 * Gives a finished file its final name, whole, at once, and never over another file. False where the name is taken.
 *
 * Where the disk has no hard links, the name is first taken by an empty file of our own, which is then replaced by a
 * rename: only there can a kill leave an empty file behind.
 */
export async function linkExclusively(
  part: string,
  path: string,
  makeLink: MakeLink = link,
): Promise<boolean> {
  try {
    await makeLink(part, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (!noHardLinks.has(errorCode(error) ?? '')) throw error;
  }
  try {
    await (await open(path, 'wx')).close();
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  await retryBusy(() => rename(part, path));
  return true;
}
