import { readFile } from 'node:fs/promises';
import { errorCode } from '../files.ts';
import { JimengError } from '../service/failures.ts';
import type { Failure, MissingPicture, ResultItem, SavedPicture } from '../task.ts';
import type { Converter } from './converter.ts';
import { download } from './download.ts';
import type { Folder, Saving } from './folder.ts';
import { extensionToKeep } from './sniff.ts';

export interface SaveOptions {
  taskId: string;
  results: readonly ResultItem[];
  /** What the ledger knows to be saved already. */
  already: readonly SavedPicture[];
  folder: Folder;
  /** The time in the names. */
  stamp: Date;
  converter: Converter;
  /** Ends the saving; it can be taken up again. */
  signal?: AbortSignal;
  /** Records the progress; a picture counts as saved once this is done. */
  onChange: (soFar: Pictures) => Promise<void>;
}

export interface Pictures {
  files: SavedPicture[];
  missing: MissingPicture[];
}

/**
 * Saves all pictures of a result at once, each as PNG. One that fails does not lose the others, and an error of the
 * folder is told with each picture it hit: the links are with the caller. Throws only the signal's reason, and what
 * `onChange` throws.
 */
export async function savePictures(options: SaveOptions): Promise<Pictures> {
  const { taskId, results, already, folder, stamp, signal, onChange } = options;
  const pictures: Pictures = { files: [...already], missing: [] };
  const open = results.map((result, index) => ({ result, index })).filter(({ index }) => !already.some(picture => picture.index === index));
  if (open.length === 0) { return pictures; }

  const record = async (change: Partial<Pictures>) => {
    pictures.files = [...pictures.files, ...change.files ?? []].sort((a, b) => a.index - b.index);
    pictures.missing = [...pictures.missing, ...change.missing ?? []].sort((a, b) => a.index - b.index);
    await onChange({ ...pictures });
  };
  let saving: Saving;
  try {
    saving = await folder.begin(taskId, stamp);
  } catch (error) {
    signal?.throwIfAborted();
    await record({ missing: open.map(({ index }) => ({ index, failure: folderFailure(error) })) });
    return pictures;
  }
  const outcomes = await Promise.allSettled(open.map(async ({ result, index }) => {
    const picture = await saveOne(result, index, saving, options);
    await record('failure' in picture ? { missing: [picture] } : { files: [picture] });
  }));
  const broken = outcomes.find(outcome => outcome.status === 'rejected');
  if (broken) { throw broken.reason; }
  await saving.end();
  return pictures;
}

async function saveOne(result: ResultItem, index: number, saving: Saving, { converter, signal }: SaveOptions): Promise<SavedPicture | MissingPicture> {
  try {
    const found = await saving.find(index);
    if (found) { return { index, path: found.path, ...sizeOfPng(found.head) }; }
    for (let attempt = 1; ; attempt++) {
      const bytes = await load(result, signal);
      try {
        const { png, width, height } = await converter.toPng(bytes.slice(), signal);
        return { index, path: await put(saving, index, 'png', png), width, height };
      } catch (error) {
        if (!(error instanceof JimengError)) { throw error; }
        const damaged = error.failure.kind === 'pictureDamaged';
        if (damaged && attempt === 1 && 'url' in result) { continue; } // it may have been cut off on the way
        const extension = extensionToKeep(bytes);
        const worthKeeping = extension !== undefined && (damaged || error.failure.kind === 'pictureUnsupported');
        return { index, failure: error.failure, ...worthKeeping && { keptAs: await put(saving, index, extension, bytes) } };
      }
    }
  } catch (error) {
    if (error instanceof JimengError) { return { index, failure: error.failure }; }
    throw error;
  }
}

function load(result: ResultItem, signal: AbortSignal | undefined): Promise<Uint8Array> {
  return 'url' in result ? download(result.url, signal) : readFile(result.file).catch((error: unknown) => {
    throw new JimengError({ kind: 'downloadFailed', detail: errorCode(error) ?? '' }, { cause: error });
  });
}

async function put(saving: Saving, index: number, extension: string, bytes: Uint8Array): Promise<string> {
  try {
    return await saving.put(index, extension, bytes);
  } catch (error) {
    throw new JimengError(folderFailure(error), { cause: error });
  }
}

function folderFailure(error: unknown): Failure {
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') { return { kind: 'diskFull' }; }
  return { kind: 'folderNotWritable', detail: code ?? (error instanceof Error ? error.message : String(error)) };
}

/** In pixels, from the header that every PNG begins with. */
function sizeOfPng(head: Uint8Array): { width: number; height: number } {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
