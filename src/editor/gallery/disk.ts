import { lstat, readdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { readFacts, type Facts } from '../../core/gallery/facts.ts';
import { ignoreMissing } from '../../core/system/files.ts';
import { readerOf } from '../../core/images/bytes.ts';
import type { WorkerPool } from '../../core/system/worker-pool.ts';
import { openInput } from '../platform/open-input.ts';

/** How many files are read at once. */
const MAX_CONCURRENT_READS = 16;
/** Deeper than people sort pictures. */
const MAX_DEPTH = 8;

/** Pictures and videos that are shown. */
const shown = /\.(?:png|jpe?g|webp|(mp4))$/i;

/** The kind of a file by its name; undefined if it is not shown. */
export function kindOf({ path }: vscode.Uri): 'picture' | 'video' | undefined {
  const found = shown.exec(path);
  if (!found) return undefined;
  return found[1] === undefined ? 'picture' : 'video';
}

/** The pictures and videos in a folder and its subfolders; links are not followed, and dot-folders are skipped. */
export async function listFiles(folder: vscode.Uri, depth = 0): Promise<vscode.Uri[]> {
  const entries = await entriesOf(folder).catch(() => []); // it does not exist yet, or any longer
  const found: vscode.Uri[] = [];
  for (const { name, type } of entries) {
    const uri = vscode.Uri.joinPath(folder, name);
    if (type === 'folder' && depth < MAX_DEPTH && !name.startsWith('.') && name !== 'node_modules')
      found.push(...(await listFiles(uri, depth + 1)));
    else if (type === 'file' && kindOf(uri)) found.push(uri);
  }
  return found;
}

/** Reads the facts of the files at these paths; `core/gallery/facts-worker.ts` answers. */
export type FactsReader = WorkerPool<readonly string[], (Facts | undefined)[]>;

interface Entry {
  name: string;
  type: 'file' | 'folder' | 'other';
}

/** A local disk is read directly: through the editor each call takes a message round trip. */
async function entriesOf(folder: vscode.Uri): Promise<Entry[]> {
  if (folder.scheme === 'file') {
    const entries = await readdir(folder.fsPath, { withFileTypes: true });
    return entries.map(entry => ({
      name: entry.name,
      type: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other',
    }));
  }
  const entries = await vscode.workspace.fs.readDirectory(folder);
  return entries.map(([name, type]) => ({
    name,
    type:
      type === vscode.FileType.File
        ? 'file'
        : type === vscode.FileType.Directory
          ? 'folder'
          : 'other',
  }));
}

/** Whether it is a folder; a link to one is not. Undefined if it does not exist. Throws the file system's error. */
export async function isPlainFolder(uri: vscode.Uri): Promise<boolean | undefined> {
  if (uri.scheme === 'file') return (await lstat(uri.fsPath).catch(ignoreMissing))?.isDirectory();
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.Directory;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}

/** The facts of a picture's file. Undefined if it is gone or cannot be read. */
export async function factsOf(uri: vscode.Uri): Promise<Facts | undefined> {
  try {
    return await readFacts(readerOf(await openInput(uri.toString())));
  } catch {
    return undefined;
  }
}

/** The same for the files of one folder, in order. On a disk they are read in a separate thread. */
export async function factsOfAll(
  uris: readonly vscode.Uri[],
  disk: FactsReader,
): Promise<(Facts | undefined)[]> {
  if (uris[0]?.scheme === 'file') return disk.ask(uris.map(({ fsPath }) => fsPath)).catch(() => []);
  const facts: (Facts | undefined)[] = [];
  await forEach(uris.entries(), async ([index, uri]) => {
    facts[index] = await factsOf(uri);
  });
  return facts;
}

/** Runs an action for each item, some at a time, in order. */
export async function forEach<T>(
  items: Iterable<T>,
  action: (item: T) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const work = async () => {
    for (let next = left.next(); !next.done; next = left.next()) await action(next.value);
  };
  await Promise.all(Array.from({ length: MAX_CONCURRENT_READS }, work));
}
