import { constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errorCode, ignoreMissing, retryBusy } from './files.ts';

/** What the system says where a folder, a link, a socket or a path through a file is found instead of a file. */
const notAFile = new Set(['EISDIR', 'ELOOP', 'EMLINK', 'ENOTDIR', 'ENXIO']);

/** Links are not followed, and a pipe is not waited for. Windows has neither flag: there they are undefined, which counts as 0. */
const flag = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The text of a small file in our own storage; undefined where there is none. What is no regular file reads as an empty one,
 * which every reader takes for damaged. Throws the system's error where the file cannot be read.
 */
export async function readOwnFile(path: string): Promise<string | undefined> {
  try {
    return await retryBusy(() => readFile(path, { encoding: 'utf8', flag }));
  } catch (error) {
    if (isNotAFile(error)) return '';
    ignoreMissing(error);
    return undefined;
  }
}

/** For a failed call: whether something else stands where a file or a folder of ours belongs. */
export function isNotAFile(error: unknown): boolean {
  return notAFile.has(errorCode(error) ?? '');
}
