import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { headOf, known, type Task } from '../core/task.ts';
import type { Ledger } from '../core/tasks/ledger.ts';
import { uriOf } from './uris.ts';

/** Takes pictures that wait in a local folder to theirs, as soon as this window has that folder open. */
export function fetchKept(ledger: Ledger): () => void {
  const look = (task: Task) => {
    if (task.keptFor === undefined) { return; }
    const folder = vscode.Uri.parse(task.keptFor);
    if (vscode.workspace.getWorkspaceFolder(folder)) { void moveKept(task, folder, ledger); }
  };
  // Only folders that are on no local disk are kept for: a window without one has nothing to look for.
  if (vscode.workspace.workspaceFolders?.some(({ uri }) => uri.scheme !== 'file')) { void ledger.all().then(tasks => tasks.forEach(look)); }
  return ledger.onDidChange(look);
}

/** Moves a task's pictures into a folder, under free names. Throws the file system's error. */
export async function moveKept(task: Task, folder: vscode.Uri, ledger: Ledger): Promise<void> {
  if (task.status !== 'completed' || task.keptFor === undefined) { return; }
  await vscode.workspace.fs.createDirectory(folder);
  const files = [];
  for (const file of task.files) {
    const name = basename(file.path);
    for (let n = 1; ; n++) {
      const target = vscode.Uri.joinPath(folder, n === 1 ? name : name.replace(/(\.\w+)$/, ` (${n})$1`));
      try {
        await vscode.workspace.fs.copy(uriOf(file), target, { overwrite: false });
        files.push({ ...file, path: target.scheme === 'file' ? target.fsPath : target.toString() });
        break;
      } catch (error) {
        if (!(error instanceof vscode.FileSystemError && error.code === 'FileExists')) { throw error; }
      }
    }
  }
  const { keptFor, ...head } = headOf(task);
  await ledger.put({ ...head, status: 'completed', ...known(task.serviceTaskId), files, folder: folder.toString(), updatedAt: Math.max(Date.now(), task.updatedAt + 1) });
  const [first] = task.files;
  if (first) { await rm(dirname(uriOf(first).fsPath), { recursive: true, force: true }); }
}
