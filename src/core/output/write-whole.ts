import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { errorCode, fileState, retryBusy } from '../system/files.ts';

/**
 * Writes a file under the first free name, whole or not at all, never over another file. An existing file with the same
 * content is reused. Returns the path.
 * @param part the temporary file, on the same disk, with a free name of this process's own
 * @param pathOf the name to try, from 0
 */
export async function writeWhole(
  part: string,
  content: Uint8Array | Blob,
  pathOf: (attempt: number) => string,
  makeLink?: MakeLink,
): Promise<string> {
  try {
    await writeNew(part, content);
    for (let attempt = 0; ; attempt++) {
      const path = pathOf(attempt);
      if ((await linkExclusively(part, path, makeLink)) || (await holds(path, content)))
        return path;
    }
  } finally {
    await retryBusy(() => rm(part, { force: true }));
  }
}

async function writeNew(path: string, content: Uint8Array | Blob): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(
      content instanceof Blob ? (content.stream() as AsyncIterable<Uint8Array>) : content,
    );
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Whether it is a file with the same content, written before a kill could be recorded. A link to such a file does not
 * count.
 */
async function holds(path: string, content: Uint8Array | Blob): Promise<boolean> {
  const state = await fileState(path);
  if (state?.size !== (content instanceof Blob ? content.size : content.length)) return false;
  return (await readFile(path)).equals(content instanceof Blob ? await content.bytes() : content);
}

/** The errors of `link` on a disk without hard links (exFAT, some network and FUSE disks). */
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

/** `link` of node:fs; a test passes one that fails as on a disk without hard links. */
export type MakeLink = typeof link;

/**
 * Gives a finished file its final name, whole, at once, and never over another file. False if the name is taken. On a
 * disk without hard links, the name is first reserved by an empty file of our own, which is then replaced by a rename:
 * only there can a kill leave an empty file behind.
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
