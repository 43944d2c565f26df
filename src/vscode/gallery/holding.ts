import * as vscode from 'vscode';
import { holdingFolder, homeOf } from './places.ts';

/** A file that was moved. */
export interface Move { from: vscode.Uri; to: vscode.Uri }

/** Puts a file of a gallery's folder into the holding folder, under a free name. Throws the file system's error. */
export async function putAside(file: vscode.Uri, folder: vscode.Uri): Promise<Move> {
  const holding = vscode.Uri.joinPath(folder, holdingFolder);
  await keepOutOfGit(holding);
  return move(file, vscode.Uri.joinPath(holding, file.path.slice(folder.path.length)));
}

/** Takes a file out of the holding folder to where it was, or beside what is there now. Throws the file system's error. */
export function takeBack(file: vscode.Uri): Promise<Move> {
  return move(file, homeOf(file));
}

/** Moves it under the first free name: `a.png`, `a (2).png`, … Throws the file system's error. */
export async function move(from: vscode.Uri, wanted: vscode.Uri): Promise<Move> {
  await vscode.workspace.fs.createDirectory(vscode.Uri.joinPath(wanted, '..'));
  for (let n = 1; ; n++) {
    const to = n === 1 ? wanted : wanted.with({ path: wanted.path.replace(/(\.\w+)?$/, extension => ` (${n})${extension}`) });
    try {
      await vscode.workspace.fs.rename(from, to, { overwrite: false });
      return { from, to };
    } catch (error) {
      if (!(error instanceof vscode.FileSystemError && error.code === 'FileExists')) { throw error; }
    }
  }
}

/**
 * Deletes files: into the trash where their file system has one, else for ever, once that is confirmed. Returns those that
 * are gone. Throws the file system's error.
 */
export async function discard(files: readonly vscode.Uri[]): Promise<vscode.Uri[]> {
  const left: vscode.Uri[] = [];
  for (const file of files) {
    // A file system that has no trash says so by an error of no kind of its own.
    await vscode.workspace.fs.delete(file, { useTrash: true }).then(undefined, () => left.push(file));
  }
  if (left.length === 0) { return [...files]; }
  const remove = vscode.l10n.t('Delete Permanently');
  const question = left.length === 1 ? vscode.l10n.t('Delete the file permanently?') : vscode.l10n.t('Delete {0} files permanently?', left.length);
  const detail = vscode.l10n.t('There is no trash here: what is deleted cannot be brought back.');
  const gone = files.filter(file => !left.includes(file));
  if (await vscode.window.showWarningMessage(question, { modal: true, detail }, remove) !== remove) { return gone; }
  for (const file of left) { await vscode.workspace.fs.delete(file); }
  return [...files];
}

/** What is put aside is on its way out of the project: it is not to be committed by the way. */
async function keepOutOfGit(holding: vscode.Uri): Promise<void> {
  const file = vscode.Uri.joinPath(holding, '.gitignore');
  const there = await vscode.workspace.fs.stat(file).then(() => true, () => false);
  if (!there) { await vscode.workspace.fs.writeFile(file, Buffer.from('*\n')); }
}
