import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ignoreMissing } from '../../core/system/files.ts';
import { watchFolder } from '../../core/system/watch-folder.ts';
import { hasAwaited } from '../pages/awaited-targets.ts';
import type { Deps } from '../platform/deps.ts';

/** Whether a window left a task unfinished: one look into one folder, at every start of the editor. */
export async function hasUnfinished(storage: vscode.Uri): Promise<boolean> {
  const names = await readdir(openFolder(storage)).catch(ignoreMissing);
  return names?.some(name => name.endsWith('.json')) ?? false;
}

/**
 * Calls back once when another window begins a task, so that this one can take over when that one closes. Costs nothing
 * until then. In a folder that is not there yet nothing can be watched: the first task there ever is has one window.
 */
export function onWork(storage: vscode.Uri, begin: () => void): vscode.Disposable {
  try {
    const stop = watchFolder(
      openFolder(storage),
      name => {
        if (name.endsWith('.json')) {
          stop();
          begin();
        }
      },
      () => {
        /* it is looked at regularly then */
      },
    );
    return new vscode.Disposable(stop);
  } catch {
    return new vscode.Disposable(() => {
      /* nothing is watched */
    });
  }
}

/** Goes on with what was left unfinished, and tells what comes of this window's own. */
export async function resumeTasks(deps: Deps): Promise<void> {
  const {
    services: { ledger, queue: engine },
    demo,
    notifier: announcer,
  } = deps;
  const unfinished = await ledger.unfinished();
  if (unfinished.some(({ service }) => demo.owns(service))) await demo.url(); // else they would be waited for in vain
  for (const { id, folder } of unfinished)
    if (vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(folder)))
      announcer.expect(id, 'background');

  engine.wake();
  if (hasAwaited(deps.workspaceMemory))
    await (await import('../pages/ask-again.ts')).askAgain(deps);
}

function openFolder(storage: vscode.Uri): string {
  return join(storage.fsPath, 'ledger', 'open');
}
