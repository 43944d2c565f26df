import { openAsBlob } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../system/files.ts';
import type { Saving } from './folder.ts';
import { inFolder } from './save-results.ts';
import type { Failure, MissingPicture, ResultItem, SavedPicture } from '../queue/task.ts';
import { downloadVideo, type VideoDownload } from './download-video.ts';
import { readMp4, videoFormatOf, type Frame } from '../images/mp4.ts';

export interface SaveVideoOptions extends VideoDownload {
  /** Where it lies until it is whole; on a local disk. */
  receivedFolder: string;
  /** Of the file in it. */
  name: string;
  /** Opens a result that came inline. */
  openReceived: (file: string) => Promise<Blob>;
}

/**
 * Saves one video of a result, whole or not at all. One that arrived damaged is loaded once more, then kept under
 * another extension. Throws JimengError where nothing of it could be had, and the signal's reason.
 */
export async function saveVideo(
  result: ResultItem,
  index: number,
  saving: Saving,
  options: SaveVideoOptions,
): Promise<SavedPicture | MissingPicture> {
  const found = await inFolder(saving.find(index, 'mp4'));
  const known = found && (await readMp4(found.content));
  if (known) return { index, path: found.path, ...known };
  if ('file' in result)
    return settle(await inFolder(options.openReceived(result.file)), index, saving);
  const part = join(options.receivedFolder, `${options.name}.part`);
  await inFolder(makeFolder(options.receivedFolder));
  try {
    await downloadVideo([result.url, ...(result.others ?? [])], part, options);
    if ('failure' in (await look(await inFolder(openAsBlob(part)))))
      await downloadVideo([result.url, ...(result.others ?? [])], part, options);
    return await settle(await inFolder(openAsBlob(part)), index, saving);
  } finally {
    await rm(part, { force: true });
  }
}

/** Puts what has arrived into the folder: as a video, or kept for what it is. */
async function settle(
  content: Blob,
  index: number,
  saving: Saving,
): Promise<SavedPicture | MissingPicture> {
  const seen = await look(content);
  if (!('failure' in seen))
    return { index, path: await inFolder(saving.put(index, 'mp4', content)), ...seen };
  const { failure, extension } = seen;
  return {
    index,
    failure,
    ...(extension !== undefined && {
      keptAs: await inFolder(saving.put(index, extension, content)),
    }),
  };
}

async function look(file: Blob): Promise<Frame | { failure: Failure; extension?: string }> {
  const format = videoFormatOf(await file.slice(0, 64).bytes());
  if (format === undefined) return { failure: { kind: 'notAVideo' } };
  if (format === 'webm')
    return { failure: { kind: 'videoUnsupported', detail: 'WebM' }, extension: 'webm' };
  return (
    (await readMp4(file)) ?? { failure: { kind: 'videoDamaged' }, extension: 'damaged.mp4.bin' }
  );
}
