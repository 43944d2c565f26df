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

/** Takes pictures that wait in a local folder to theirs, as soon as this window has that folder open. */
export function fetchKept(ledger: Ledger, log: vscode.LogOutputChannel): () => void {
  const look = (task: Task) => {
    if (task.keptFor === undefined) return;
    const folder = vscode.Uri.parse(task.keptFor);
    if (vscode.workspace.getWorkspaceFolder(folder))
      inBackground(moveKept(task, folder, ledger), log);
  };
  // Only folders that are on no local disk are kept for: a window without one has nothing to look for.
  if (vscode.workspace.workspaceFolders?.some(({ uri }) => uri.scheme !== 'file'))
    inBackground(
      ledger.all().then(tasks => tasks.forEach(look)),
      log,
    );
  return ledger.onDidChange(look);
}

/**
 * Moves those of a task's pictures that wait into a folder, under free names. Others may be in theirs already, when a window
 * that had it open fetched them. Throws the file system's error.
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
      // they wait in a folder of the task's own
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

/** What was received of pictures that were missing once may lie beside them still. Nothing but a saving's files goes. */
async function removeKept(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter(isOwnName))
    if (await fileState(join(folder, name))) await rm(join(folder, name), { force: true });

  await rmdir(folder).catch(() => {
    /* something else is in it */
  });
}
