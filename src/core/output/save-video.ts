import { openAsBlob } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readMp4, videoFormatOf } from '../images/mp4.ts';
import { makeFolder } from '../system/files.ts';
import { downloadVideo, type VideoDownload } from './download-video.ts';
import { inFolder, type Loaded, type Medium } from './save-results.ts';

export interface VideoOptions extends VideoDownload {
  /** The temporary folder on a local disk. */
  receivedFolder: string;
  /** Names its file there. */
  taskId: string;
  /** Opens a result that came inline. */
  openReceived: (file: string) => Promise<Blob>;
}

/** Videos, which are saved as they are. A damaged one is downloaded once more, then kept under another extension. */
export function videos(options: VideoOptions): Medium {
  return {
    extension: 'mp4',
    sizeOf: readMp4,
    load: async (result, index, save) => {
      if ('file' in result)
        return save(await inspect(await inFolder(options.openReceived(result.file))));
      const links = [result.url, ...(result.others ?? [])];
      const part = join(options.receivedFolder, `${options.taskId}-${index}.part`);
      const load = async () => {
        await downloadVideo(links, part, options);
        return inspect(await inFolder(openAsBlob(part)));
      };
      await inFolder(makeFolder(options.receivedFolder));
      try {
        const first = await load();
        return await save('failure' in first ? await load() : first);
      } finally {
        await rm(part, { force: true });
      }
    },
  };
}

/** The received data: a video, or a failure with what is worth keeping. */
async function inspect(content: Blob): Promise<Loaded> {
  const format = videoFormatOf(await content.slice(0, 64).bytes());
  if (format === undefined) return { failure: { kind: 'notAVideo' } };
  if (format === 'webm')
    return {
      failure: { kind: 'videoUnsupported', detail: 'WebM' },
      kept: { content, extension: 'webm' },
    };
  const size = await readMp4(content);
  return size
    ? { content, ...size }
    : { failure: { kind: 'videoDamaged' }, kept: { content, extension: 'damaged.mp4.bin' } };
}
