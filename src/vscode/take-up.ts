import { readdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { ignoreMissing } from '../core/files.ts';
import type { Deps } from './deps.ts';
import type { Again } from './report.ts';
import { tellFinished } from './tell-finished.ts';

/** Whether an earlier window left a task unfinished: one look into one folder, at every start of the editor. */
export async function hasUnfinished(storage: vscode.Uri): Promise<boolean> {
  const names = await readdir(vscode.Uri.joinPath(storage, 'ledger', 'open').fsPath).catch(ignoreMissing);
  return names?.some(name => name.endsWith('.json')) ?? false;
}

/** Goes on with what was left unfinished, and tells what comes of it. */
export async function takeUp({ services: { ledger, runner }, demo, log }: Deps, edit: Again['edit']): Promise<void> {
  const unfinished = await ledger.unfinished();
  if (unfinished.some(({ service }) => demo.owns(service.url))) { await demo.url(); } // else they would be waited for in vain
  const started = await runner.takeUp();
  log.info(`Taken up: ${started.length} unfinished tasks`);
  for (const { done } of started) {
    done.then(task => tellFinished(task, edit)).catch((error: unknown) => log.error(String(error)));
  }
}
