import pLimit from 'p-limit';
import { errorCode, isDiskFull } from '../system/files.ts';
import { JimengError } from '../service/failures/failures.ts';
import type { MissingPicture, ResultItem, SavedPicture } from '../queue/task.ts';
import type { Failure } from '../service/failures/table.ts';
import type { Size } from '../request/models.ts';
import type { Folder, Saving } from './folder.ts';

/** The content of one result: to be saved under the medium's extension, or a failure with what is worth keeping of it. */
export type Loaded =
  | (Size & { content: Uint8Array | Blob })
  | { failure: Failure; kept?: { content: Uint8Array | Blob; extension: string } | undefined };

/** How results of one kind are loaded and recognised. */
export interface Medium {
  extension: string;
  /** In pixels, of a file of that extension that is whole. */
  sizeOf: (file: Blob) => Promise<Size | undefined>;
  /**
   * Loads one result and hands it to `save`; its memory or temporary file is gone afterwards. Throws JimengError where
   * nothing of it could be had, the signal's reason, and what `save` throws.
   */
  load: <T>(result: ResultItem, index: number, save: (loaded: Loaded) => Promise<T>) => Promise<T>;
}

export interface SaveOptions {
  taskId: string;
  results: readonly ResultItem[];
  /** What the ledger knows to be saved already. */
  already: readonly SavedPicture[];
  folder: Folder;
  /** The time in the names. */
  stamp: Date;
  medium: Medium;
  /** Ends the saving; it can be resumed. */
  signal?: AbortSignal;
  /**
   * Records the progress; a picture counts as saved once this is done. It has to survive a kill; after a power cut the
   * pictures may be saved once more. False where it could not be written: the traces in the folder stay then, by which the
   * pictures are found again.
   */
  onChange: (soFar: Pictures) => Promise<boolean>;
}

/** A result of the service has about 4; one of many must not take all connections and memory. */
const MAX_CONCURRENT_SAVES = 4;

export interface Pictures {
  files: SavedPicture[];
  missing: MissingPicture[];
}

/**
 * Saves all pictures or videos of a result, a few at once. One that fails does not lose the others, and an error of the
 * folder is recorded with each picture it hit: the caller has the links. Throws only the signal's reason, and what
 * `onChange` throws.
 */
export async function saveResults(options: SaveOptions): Promise<Pictures> {
  const { taskId, results, already, folder, stamp, medium, signal, onChange } = options;
  const pictures: Pictures = { files: [...already], missing: [] };
  const open = results
    .map((result, index) => ({ result, index }))
    .filter(({ index }) => !already.some(picture => picture.index === index));
  if (results.length === 0) return pictures; // where all is recorded, a kill may still have left traces in the folder

  const state = { isRecorded: true };
  let recording = Promise.resolve();
  let recorded = 0;
  let changes = 0;
  // What comes while one change is written is written with the next: not the whole task anew for each of many links.
  const record = (change: Partial<Pictures>) => {
    pictures.files = [...pictures.files, ...(change.files ?? [])].sort((a, b) => a.index - b.index);
    pictures.missing = [...pictures.missing, ...(change.missing ?? [])].sort(
      (a, b) => a.index - b.index,
    );
    const own = ++changes;
    recording = recording.then(async () => {
      if (recorded >= own) return;
      recorded = changes;
      state.isRecorded = await onChange({ ...pictures });
    });
    recording.catch(() => {
      /* thrown below */
    });
  };
  let saving: Saving;
  try {
    saving = await folder.begin(taskId, stamp);
  } catch (error) {
    signal?.throwIfAborted();
    if (open.length > 0)
      record({ missing: open.map(({ index }) => ({ index, failure: folderFailure(error) })) });
    await recording;
    return pictures;
  }
  const save = async ({ result, index }: { result: ResultItem; index: number }) => {
    const picture = await saveOne(result, index, saving, medium).catch((error: unknown) => {
      if (error instanceof JimengError) return { index, failure: error.failure };
      throw error;
    });
    record('failure' in picture ? { missing: [picture] } : { files: [picture] });
  };
  const limit = pLimit(MAX_CONCURRENT_SAVES);
  const saved = await Promise.allSettled(open.map(one => limit(save, one)));
  await recording;
  const broken = saved.find(({ status }) => status === 'rejected');
  if (broken) throw (broken as PromiseRejectedResult).reason;
  if (state.isRecorded)
    await saving.end().catch(() => {
      /* the pictures are saved; the next saving clears what is left */
    });
  return pictures;
}

/** Saves one result, unless a saving that was killed has done so. Throws as the medium's `load` does. */
async function saveOne(
  result: ResultItem,
  index: number,
  saving: Saving,
  { extension, sizeOf, load }: Medium,
): Promise<SavedPicture | MissingPicture> {
  const found = await inFolder(saving.find(index, extension));
  const size = found && (await sizeOf(found.content));
  if (size) return { index, path: found.path, ...size };
  return load(result, index, async loaded => {
    if (!('failure' in loaded)) {
      const { content, width, height } = loaded;
      return {
        index,
        path: await inFolder(saving.write(index, extension, content)),
        width,
        height,
      };
    }
    const { failure, kept } = loaded;
    if (!kept) return { index, failure };
    return {
      index,
      failure,
      keptAs: await inFolder(saving.write(index, kept.extension, kept.content)),
    };
  });
}

/** Turns the errors of the folder into JimengError. */
export async function inFolder<T>(action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    throw new JimengError(folderFailure(error), { cause: error });
  }
}

function folderFailure(error: unknown): Failure {
  if (isDiskFull(error)) return { kind: 'diskFull' };
  return {
    kind: 'folderNotWritable',
    detail: errorCode(error) ?? (error instanceof Error ? error.message : String(error)),
  };
}
