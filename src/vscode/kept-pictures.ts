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

/**
 * Moves those of a task's pictures that wait into a folder, under free names. Others may be in theirs already, when a window
 * that had it open fetched them. Throws the file system's error.
 */
export async function moveKept(task: Task, folder: vscode.Uri, ledger: Ledger): Promise<void> {
  if (task.status !== 'completed' && task.status !== 'partly' || task.keptFor === undefined) { return; }
  await vscode.workspace.fs.createDirectory(folder);
  const files = [];
  const moved: string[] = [];
  for (const file of task.files) {
    if (basename(dirname(file.path)) !== task.id) { // they wait in a folder of the task's own
      files.push(file);
      continue;
    }
    moved.push(file.path);
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
  const state = task.status === 'completed' ? { status: task.status } : { status: task.status, results: task.results, missing: task.missing };
  await ledger.put({ ...head, ...state, ...known(task.serviceTaskId), files, folder: folder.toString(), updatedAt: Math.max(Date.now(), task.updatedAt + 1) });
  // What was received of a picture that is missing may lie beside them still.
  const done = task.status === 'completed' ? new Set(moved.map(path => dirname(path))) : moved;
  for (const path of done) { await rm(path, { recursive: true, force: true }); }
}
