import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ignoreMissing } from '../../core/system/files.ts';
import { watchFolder } from '../../core/system/watch-folder.ts';
import { askAgain, hasAwaited } from '../pages/awaited-targets.ts';
import { inBackground, reportLater } from '../platform/background.ts';
import type { Deps } from '../platform/deps.ts';

/**
 * Resumes what a window left unfinished, when the editor starts; if there is nothing, once another window starts a task,
 * so that this one can take over when that one closes. Errors are reported: the commands still work, and the next one
 * tries again.
 */
export async function resumeWhenNeeded(
  { globalStorageUri, workspaceState }: Pick<vscode.ExtensionContext, Needed>,
  deps: () => Promise<Deps>,
  log: vscode.LogOutputChannel,
): Promise<vscode.Disposable> {
  const resume = async () => resumeTasks(await deps());
  try {
    if (!(await hasUnfinished(globalStorageUri)) && !hasAwaited(workspaceState))
      return onWork(globalStorageUri, () => inBackground(resume(), log));
    await resume();
  } catch (error) {
    reportLater(error, log);
  }
  return new vscode.Disposable(() => {
    /* nothing is watched */
  });
}
type Needed = 'globalStorageUri' | 'workspaceState';

/** Whether a window left a task unfinished: a single directory listing. */
async function hasUnfinished(storage: vscode.Uri): Promise<boolean> {
  const names = await readdir(openFolder(storage)).catch(ignoreMissing);
  return names?.some(name => name.endsWith('.json')) ?? false;
}

/**
 * Calls back once when another window starts a task. Costs nothing until then. A folder that does not exist yet cannot be
 * watched: the very first task has one window.
 */
function onWork(storage: vscode.Uri, begin: () => void): vscode.Disposable {
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
        /* it is polled then */
      },
    );
    return new vscode.Disposable(stop);
  } catch {
    return new vscode.Disposable(() => {
      /* nothing is watched */
    });
  }
}

/** Resumes what was left unfinished; this window's own tasks are notified about as usual. */
async function resumeTasks(deps: Deps): Promise<void> {
  const {
    services: { ledger, queue },
    demo,
    notifier,
  } = deps;
  const unfinished = await ledger.unfinished();
  if (unfinished.some(({ service }) => demo.owns(service))) await demo.url(); // otherwise they would be waited for in vain
  for (const { id, folder } of unfinished)
    if (vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(folder)))
      notifier.expect(id, 'background');

  queue.wake();
  if (hasAwaited(deps.workspaceMemory)) await askAgain(deps);
}

function openFolder(storage: vscode.Uri): string {
  return join(storage.fsPath, 'ledger', 'open');
}
