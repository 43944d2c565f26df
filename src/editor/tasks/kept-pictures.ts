import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { fileState } from '../../core/system/files.ts';
import { isOwnName } from '../../core/output/folder.ts';
import { writeWhole } from '../../core/output/write-whole.ts';
import type { Task } from '../../core/queue/task.ts';
import type { Ledger } from '../../core/queue/store.ts';
import { inBackground } from '../platform/background.ts';

/** Moves pictures kept in a local folder to their own, as soon as this window has that folder open. */
export function fetchKept(ledger: Ledger, log: vscode.LogOutputChannel): () => void {
  const look = (task: Task) => {
    if (task.keptFor === undefined) return;
    const folder = vscode.Uri.parse(task.keptFor);
    if (vscode.workspace.getWorkspaceFolder(folder))
      inBackground(moveKept(task, folder, ledger), log);
  };
  // Pictures are only kept for folders that are not on a local disk: a window without one has nothing to do.
  if (vscode.workspace.workspaceFolders?.some(({ uri }) => uri.scheme !== 'file'))
    inBackground(
      ledger.all().then(tasks => tasks.forEach(look)),
      log,
    );
  return ledger.onDidChange(look);
}

/**
 * Moves a task's kept pictures into a folder, under free names. Others may already be there, if a window with that folder
 * open fetched them. Throws the file system's error.
 */
export async function moveKept(task: Task, folder: vscode.Uri, ledger: Ledger): Promise<void> {
  if (
    (task.state.status !== 'completed' && task.state.status !== 'partial') ||
    task.keptFor === undefined
  )
    return;
  await vscode.workspace.fs.createDirectory(folder);
  const files = [];
  const moved: string[] = [];
  for (const file of task.state.files) {
    if (basename(dirname(file.path)) !== task.id) {
      // They are in the task's own folder.
      files.push(file);
      continue;
    }
    moved.push(file.path);
    const target = await copy(file.path, folder);
    files.push({ ...file, path: target.scheme === 'file' ? target.fsPath : target.toString() });
  }
  const { keptFor, ...rest } = task;
  await ledger.put({
    ...rest,
    state: { ...task.state, files },
    folder: folder.toString(),
    updatedAt: Math.max(Date.now(), task.updatedAt + 1),
  });
  for (const path of moved) await rm(path, { force: true });
  if (task.state.status === 'completed')
    for (const kept of new Set(moved.map(path => dirname(path)))) await removeKept(kept);
}

/** Copies a file into a folder under a free name: `a.png`, `a (2).png`, … Throws the file system's error. */
async function copy(path: string, folder: vscode.Uri): Promise<vscode.Uri> {
  const named = (attempt: number) =>
    vscode.Uri.joinPath(
      folder,
      attempt === 0 ? basename(path) : basename(path).replace(/(\.\w+)$/, ` (${attempt + 1})$1`),
    );
  if (folder.scheme === 'file')
    return vscode.Uri.file(
      await writeWhole(
        join(folder.fsPath, `.${randomUUID()}.part`),
        await openAsBlob(path),
        attempt => named(attempt).fsPath,
      ),
    );

  for (let attempt = 0; ; attempt++) {
    try {
      await vscode.workspace.fs.copy(vscode.Uri.file(path), named(attempt), { overwrite: false });
      return named(attempt);
    } catch (error) {
      if (!(error instanceof vscode.FileSystemError && error.code === 'FileExists')) throw error;
    }
  }
}

/** Files kept for formerly missing pictures may still be there. Only files of a save are removed. */
async function removeKept(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter(isOwnName))
    if (await fileState(join(folder, name))) await rm(join(folder, name), { force: true });

  await rmdir(folder).catch(() => {
    /* it contains something else */
  });
}
