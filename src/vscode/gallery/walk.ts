import * as vscode from 'vscode';
import { holdingFolder, kindOf } from './places.ts';

/** Deeper than pictures are sorted. */
const deepest = 8;

/** The pictures and videos in a folder and those below; links are not followed, dot-folders are left out but for the holding folder. */
export async function walk(folder: vscode.Uri, depth = 0): Promise<vscode.Uri[]> {
  const entries = await vscode.workspace.fs.readDirectory(folder).then(found => found, () => []); // it is not there yet, or no longer
  const found: vscode.Uri[] = [];
  for (const [name, type] of entries) {
    const uri = vscode.Uri.joinPath(folder, name);
    if (type === vscode.FileType.Directory && depth < deepest && (!name.startsWith('.') || name === holdingFolder) && name !== 'node_modules') {
      found.push(...await walk(uri, depth + 1));
    } else if (type === vscode.FileType.File && kindOf(uri)) {
      found.push(uri);
    }
  }
  return found;
}

/** Does the same with each, so many at a time, in their order. */
export async function forEach<T>(items: Iterable<T>, atOnce: number, action: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]();
  const work = async () => {
    for (let next = left.next(); !next.done; next = left.next()) { await action(next.value); }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
