import { errorCode } from '../system/files.ts';
import { JimengError } from '../service/failures/failures.ts';
import type { Failure, MissingPicture, ResultItem, SavedPicture } from '../queue/task.ts';
import type { Folder, Saving } from './folder.ts';

export interface SaveOptions {
  taskId: string;
  results: readonly ResultItem[];
  /** What the ledger knows to be saved already. */
  already: readonly SavedPicture[];
  folder: Folder;
  /** The time in the names. */
  stamp: Date;
  /** Saves the result at one place. Throws the signal's reason and JimengError. */
  saveOne: (
    result: ResultItem,
    index: number,
    saving: Saving,
  ) => Promise<SavedPicture | MissingPicture>;
  /** Ends the saving; it can be taken up again. */
  signal?: AbortSignal;
  /**
   * Records the progress; a picture counts as saved once this is done. False where it could not be written: the traces
   * in the folder stay then, by which the pictures are found again.
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
 * folder is told with each picture it hit: the links are with the caller. Throws only the signal's reason, and what
 * `onChange` throws.
 */
export async function saveResults(options: SaveOptions): Promise<Pictures> {
  const { taskId, results, already, folder, stamp, saveOne, signal, onChange } = options;
  const pictures: Pictures = { files: [...already], missing: [] };
  const open = results
    .map((result, index) => ({ result, index }))
    .filter(({ index }) => !already.some(picture => picture.index === index));
  if (results.length === 0) return pictures; // but where all is recorded, a kill may still have left traces in the folder

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
    const picture = await saveOne(result, index, saving).catch((error: unknown) => {
      if (error instanceof JimengError) return { index, failure: error.failure };
      throw error;
    });
    record('failure' in picture ? { missing: [picture] } : { files: [picture] });
  };
  const waiting = open.values();
  const broken: unknown[] = [];
  await Promise.all(
    Array.from({ length: MAX_CONCURRENT_SAVES }, async () => {
      for (const one of waiting) await save(one).catch((error: unknown) => broken.push(error));
    }),
  );
  await recording;
  if (broken.length > 0) throw broken[0];
  if (state.isRecorded)
    await saving.end().catch(() => {
      /* the pictures are there; the next saving clears what is left */
    });
  return pictures;
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
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return { kind: 'diskFull' };
  return {
    kind: 'folderNotWritable',
    detail: code ?? (error instanceof Error ? error.message : String(error)),
  };
}
