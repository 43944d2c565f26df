import type * as vscode from 'vscode';

/** A task of this workspace was begun whose picture a page waits for: the question which one is asked again after a reload. */
const key = 'awaitsChoice';

export function hasAwaited(workspaceMemory: vscode.Memento): boolean {
  return workspaceMemory.get(key) === true;
}

export function setAwaited(workspaceMemory: vscode.Memento, on: boolean): Thenable<void> {
  return workspaceMemory.update(key, on || undefined);
}
