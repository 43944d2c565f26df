import { readFile } from 'node:fs/promises';
import { errorCode } from '../files.ts';
import { JimengError } from '../service/failures.ts';
import type { Network } from '../service/network.ts';
import type { Failure, MissingPicture, ResultItem, SavedPicture } from '../task.ts';
import type { Converter, Png } from './converter.ts';
import { download } from './download.ts';
import type { Folder, Saving } from './folder.ts';
import { extensionToKeep, sniff } from './sniff.ts';

export interface SaveOptions {
  taskId: string;
  results: readonly ResultItem[];
  /** What the ledger knows to be saved already. */
  already: readonly SavedPicture[];
  folder: Folder;
  /** The time in the names. */
  stamp: Date;
  converter: Converter;
  network: Network;
  /** Ends the saving; it can be taken up again. */
  signal?: AbortSignal;
  /** Records the progress, in the order of the calls; a picture counts as saved once this is done. */
  onChange: (soFar: Pictures) => Promise<void>;
}

export interface Pictures {
  files: SavedPicture[];
  missing: MissingPicture[];
}

/** Bytes that did not become a PNG. */
interface Unconverted { failure: Failure; bytes: Uint8Array }

/**
 * Saves all pictures of a result at once, each as PNG. One that fails does not lose the others, and an error of the
 * folder is told with each picture it hit: the links are with the caller. Throws only the signal's reason, and what
 * `onChange` throws.
 */
export async function savePictures(options: SaveOptions): Promise<Pictures> {
  const { taskId, results, already, folder, stamp, signal, onChange } = options;
  const pictures: Pictures = { files: [...already], missing: [] };
  const open = results.map((result, index) => ({ result, index })).filter(({ index }) => !already.some(picture => picture.index === index));
  if (results.length === 0) { return pictures; } // but where all is recorded, a kill may still have left traces in the folder

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
    if (open.length > 0) { await record({ missing: open.map(({ index }) => ({ index, failure: folderFailure(error) })) }); }
    return pictures;
  }
  const outcomes = await Promise.allSettled(open.map(async ({ result, index }) => {
    const picture = await saveOne(result, index, saving, options);
    await record('failure' in picture ? { missing: [picture] } : { files: [picture] });
  }));
  const broken = outcomes.find(outcome => outcome.status === 'rejected');
  if (broken) { throw broken.reason; }
  await saving.end().catch(() => { /* the pictures are there; the next saving clears what is left */ });
  return pictures;
}

async function saveOne(result: ResultItem, index: number, saving: Saving, { converter, network, signal }: SaveOptions): Promise<SavedPicture | MissingPicture> {
  try {
    const found = await inFolder(saving.find(index));
    const size = found && sizeOfPng(found.head);
    if (size) { return { index, path: found.path, ...size }; }
    const picture = await obtain(result, converter, network, signal);
    if ('failure' in picture) {
      const extension = extensionToKeep(picture);
      return { index, failure: picture.failure, ...extension !== undefined && { keptAs: await inFolder(saving.put(index, extension, picture.bytes)) } };
    }
    const { png, width, height } = picture;
    return { index, path: await inFolder(saving.put(index, 'png', png)), width, height };
  } catch (error) {
    if (error instanceof JimengError) { return { index, failure: error.failure }; }
    throw error;
  }
}

/** Loads and converts a picture. One that is damaged is loaded once more: it may have been cut off on the way. */
async function obtain(result: ResultItem, converter: Converter, network: Network, signal: AbortSignal | undefined): Promise<Png | Unconverted> {
  const first = await tryOnce(result, converter, network, signal);
  if (!('failure' in first) || first.failure.kind !== 'pictureDamaged' || 'file' in result) { return first; }
  try {
    const second = await tryOnce(result, converter, network, signal);
    return 'failure' in second && extensionToKeep(second) === undefined ? first : second;
  } catch (error) {
    if (error instanceof JimengError) { return first; } // a damaged picture is better than a dead link
    throw error;
  }
}

async function tryOnce(result: ResultItem, converter: Converter, network: Network, signal: AbortSignal | undefined): Promise<Png | Unconverted> {
  const bytes = await ('url' in result ? download(result.url, network, signal) : readReceived(result.file));
  try {
    return await converter.toPng(bytes, signal);
  } catch (error) {
    if (error instanceof JimengError) { return { failure: error.failure, bytes }; }
    throw error;
  }
}

function readReceived(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error: unknown) => {
    throw new JimengError({ kind: 'downloadFailed', detail: errorCode(error) ?? '' }, { cause: error });
  });
}

/** Turns the errors of the folder into failures of the picture. */
async function inFolder<T>(action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    throw new JimengError(folderFailure(error), { cause: error });
  }
}

function folderFailure(error: unknown): Failure {
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') { return { kind: 'diskFull' }; }
  return { kind: 'folderNotWritable', detail: code ?? (error instanceof Error ? error.message : String(error)) };
}

/** In pixels, from the header that every PNG begins with; undefined where it is not one. */
function sizeOfPng(head: Uint8Array): { width: number; height: number } | undefined {
  if (sniff(head) !== 'png' || head.length < 24) { return undefined; }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
