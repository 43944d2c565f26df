import { open, readFile, rm } from 'node:fs/promises';
import { fileState, retryBusy } from '../system/files.ts';
import { linkExclusively, type MakeLink } from './place.ts';

/**
 * Puts a file under the first of its names that is free, whole or not at all, never over another file. One that holds the
 * same content already is taken for it. Returns the path.
 * @param part where it is written first, on the same disk; a name of this process's own that is free
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

/** Whether it is a file with the same content, placed before a kill could be recorded. A link to such a file is not. */
async function holds(path: string, content: Uint8Array | Blob): Promise<boolean> {
  const state = await fileState(path);
  if (state?.size !== (content instanceof Blob ? content.size : content.length)) return false;
  return (await readFile(path)).equals(content instanceof Blob ? await content.bytes() : content);
}
