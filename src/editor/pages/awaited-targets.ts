import type * as vscode from 'vscode';
import { isFinal } from '../../core/queue/transitions.ts';
import { inBackground } from '../platform/background.ts';
import type { Deps } from '../platform/deps.ts';

/** A page of this workspace is waiting for a task's picture; which one is asked again after a reload. */
const key = 'awaitsChoice';

export function hasAwaited(workspaceMemory: vscode.Memento): boolean {
  return workspaceMemory.get(key) === true;
}

export function setAwaited(workspaceMemory: vscode.Memento, on: boolean): Thenable<void> {
  return workspaceMemory.update(key, on || undefined);
}

/** Asks for the choices left open before a reload. */
export async function askAgain({
  services: { ledger },
  workspaceMemory,
  log,
}: Deps): Promise<void> {
  // Loaded during activation.
  const [{ awaitsChoice }, { notifyFinished }] = await Promise.all([
    import('./target.ts'),
    import('../tasks/notify-finished.ts'),
  ]);
  const tasks = await ledger.all();
  const open = tasks.filter(isFinal).filter(awaitsChoice);
  for (const task of open) inBackground(notifyFinished(task), log);
  const more = tasks.some(
    task => !isFinal(task) && task.request.kind === 'image' && task.request.target,
  );
  if (open.length === 0 && !more) await setAwaited(workspaceMemory, false);
}
