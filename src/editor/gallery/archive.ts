import { rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { errorCode, fileState, makeFolder, retryBusy } from '../../core/system/files.ts';
import { linkExclusively } from '../../core/output/write-whole.ts';
import { JimengError } from '../../core/service/failures/failures.ts';
import { isPlainFolder } from './disk.ts';
import { holdingFolder, homeOf } from './places.ts';
import type { PictureFile } from './picture-folder.ts';

/** A file that was moved within a gallery's folder. */
export interface Move {
  from: vscode.Uri;
  to: vscode.Uri;
  folder: vscode.Uri;
}

type Placed = Pick<PictureFile, 'uri' | 'folder'>;

/** Puts a file of a gallery's folder into the holding folder, under a free name. Throws JimengError and the file system's error. */
export async function archive({ uri, folder }: Placed): Promise<Move> {
  const holding = vscode.Uri.joinPath(folder, holdingFolder);
  await makePlainFolder(holding, folder);
  await keepOutOfGit(holding);
  return move(uri, vscode.Uri.joinPath(holding, uri.path.slice(folder.path.length)), folder);
}

/** Takes a file out of the holding folder to where it was, or beside what is there now. Throws JimengError and the file system's error. */
export function restore({ uri, folder }: Placed): Promise<Move> {
  return move(uri, homeOf(uri), folder);
}

/** Moves it under the first free name: `a.png`, `a (2).png`, … Throws JimengError and the file system's error. */
export async function move(
  from: vscode.Uri,
  wanted: vscode.Uri,
  folder: vscode.Uri,
): Promise<Move> {
  await assertPlain(vscode.Uri.joinPath(from, '..'), folder);
  await makePlainFolder(vscode.Uri.joinPath(wanted, '..'), folder);
  for (let n = 1; ; n++) {
    const to =
      n === 1
        ? wanted
        : wanted.with({
            path: wanted.path.replace(/(\.\w+)?$/, extension => ` (${n})${extension}`),
          });
    if (await rename(from, to)) return { from, to, folder };
  }
}

/** False where the name is taken. On a disk a link to nothing takes it too, which the editor would write over. */
async function rename(from: vscode.Uri, to: vscode.Uri): Promise<boolean> {
  if (from.scheme === 'file') {
    if (!(await fileState(from.fsPath))) throw vscode.FileSystemError.FileNotFound(from);
    if (!(await linkExclusively(from.fsPath, to.fsPath))) return false;
    await retryBusy(() => rm(from.fsPath, { force: true }));
    return true;
  }
  try {
    await vscode.workspace.fs.rename(from, to, { overwrite: false });
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileExists') return false;
    throw error;
  }
}

/** Throws JimengError where a folder on the way to one in a gallery's folder is a link, or a file: it may have come with a cloned repository. */
async function assertPlain(wanted: vscode.Uri, folder: vscode.Uri): Promise<void> {
  let part = folder;
  for (const name of wanted.path
    .slice(folder.path.length)
    .split('/')
    .filter(name => name !== '')) {
    part = vscode.Uri.joinPath(part, name);
    const isPlain = await isPlainFolder(part);
    if (isPlain === undefined) return;
    if (!isPlain)
      throw new JimengError({
        kind: 'folderNotWritable',
        detail: vscode.l10n.t(
          '{0} is a link or a file where a folder should be; nothing was moved.',
          vscode.workspace.asRelativePath(part),
        ),
      });
  }
}

async function makePlainFolder(wanted: vscode.Uri, folder: vscode.Uri): Promise<void> {
  await assertPlain(wanted, folder);
  await (wanted.scheme === 'file'
    ? makeFolder(wanted.fsPath)
    : vscode.workspace.fs.createDirectory(wanted));
}

/**
 * Deletes files: into the trash where their file system has one, else for ever, once that is confirmed. Returns those that
 * are gone. Throws the file system's error.
 */
export async function discard(placed: readonly Placed[]): Promise<vscode.Uri[]> {
  for (const { uri, folder } of placed) await assertPlain(vscode.Uri.joinPath(uri, '..'), folder);
  const files = placed.map(({ uri }) => uri);
  const left: vscode.Uri[] = [];
  for (const file of files) {
    // A file system that has no trash says so by an error of no kind of its own.
    await vscode.workspace.fs
      .delete(file, { useTrash: true })
      .then(undefined, () => left.push(file));
  }
  if (left.length === 0) return [...files];
  const remove = vscode.l10n.t('Delete Permanently');
  const question =
    left.length === 1
      ? vscode.l10n.t('Delete the file permanently?')
      : vscode.l10n.t('Delete {0} files permanently?', left.length);
  const detail = vscode.l10n.t('There is no trash here: what is deleted cannot be brought back.');
  const gone = files.filter(file => !left.includes(file));
  if (
    (await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) !== remove
  )
    return gone;
  for (const file of left) await vscode.workspace.fs.delete(file);
  return [...files];
}

/** What is put aside is on its way out of the project: it is not to be committed by the way. */
async function keepOutOfGit(holding: vscode.Uri): Promise<void> {
  const file = vscode.Uri.joinPath(holding, '.gitignore');
  const text = Buffer.from('*\n');
  if (file.scheme === 'file') {
    await writeFile(file.fsPath, text, { flag: 'wx' }).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    return;
  }
  const there = await vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
  if (!there) await vscode.workspace.fs.writeFile(file, text);
}
