import * as vscode from 'vscode';
import { mayBeUsed, folderOf } from '../generate/output-folder.ts';

/** The folder inside of a gallery's folder for what is put aside. */
export const holdingFolder = '.jimeng-aside';

/** Pictures and videos that are shown. */
const shown = /\.(?:png|jpe?g|webp|(mp4))$/i;

/** What a file is by its name; undefined for what is not shown. */
export function kindOf({ path }: vscode.Uri): 'picture' | 'video' | undefined {
  const found = shown.exec(path);
  if (!found) return undefined;
  return found[1] === undefined ? 'picture' : 'video';
}

export function isAside({ path }: vscode.Uri): boolean {
  return path.includes(`/${holdingFolder}/`);
}

/** Where a file belongs that may be put aside. */
export function homeOf(file: vscode.Uri): vscode.Uri {
  return file.with({ path: file.path.replace(`/${holdingFolder}/`, '/') });
}

/** The folders that pictures are saved into, one for each workspace folder; none that would have to be confirmed first. */
export async function galleryFolders(memory: vscode.Memento): Promise<vscode.Uri[]> {
  const folders = new Map<string, vscode.Uri>();
  for (const workspace of vscode.workspace.workspaceFolders ?? []) {
    const chosen = folderOf(workspace);
    const folder = chosen.with({ path: chosen.path.replace(/\/+$/, '') }); // "pictures/"
    if (await mayBeUsed(folder, workspace, memory).catch(() => false))
      folders.set(folder.toString(), folder);
  }
  return [...folders.values()];
}
