import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { isFinal, type FinalTask, type Task } from '../core/task.ts';
import type { Started } from '../core/tasks/runner.ts';
import type { Services } from './services.ts';
import { clock, statusText } from './task-texts.ts';

/** What ends sooner needs no progress: it would still be in sight beside the message of the end. In ms. */
const shortest = 500;

/** How to send those that are shown now to the background, by the id of their task. */
const shown = new Map<string, () => void>();

/** Ends the progress of one task, or of all; the tasks go on in the Tasks view. */
export function continueInBackground(id: unknown): void {
  for (const [task, hide] of shown) {
    if (typeof id !== 'string' || id === task) { hide(); }
  }
}

/**
 * Shows a task's progress, which can be cancelled or sent to the background. A task that can no longer be stopped goes
 * on in the Tasks view, and that is said. Resolves when the task is final, with what has not been told yet.
 */
export async function waitInFront({ id, done }: Started, { ledger, runner }: Services): Promise<FinalTask | undefined> {
  const began = Date.now();
  if (await Promise.race([done, delay(shortest, undefined)])) { return done; }
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Jimeng'), cancellable: true }, async (progress, token) => {
    let task: Task | undefined = await ledger.get(id);
    const show = () => {
      if (!task || isFinal(task)) { return; }
      const state = `${statusText(task)} ${clock(Date.now() - began)}${task.service.demo ? ` (${vscode.l10n.t('demo')})` : ''}`;
      progress.report({ message: `${state} · [${vscode.l10n.t('Continue in Background')}](command:jimeng.continueInBackground?${encodeURIComponent(JSON.stringify([id]))})` });
    };
    const stop = ledger.onDidChange(changed => {
      if (changed.id === id) {
        task = changed;
        show();
      }
    });
    const timer = setInterval(show, 1_000);
    show();
    try {
      await Promise.race([done, cancelled(token, () => runner.cancel(id)), new Promise<void>(resolve => shown.set(id, resolve))]);
    } finally {
      shown.delete(id);
      stop();
      clearInterval(timer);
    }
  });
  return done;
}

/** Resolves when the progress has nothing more to show because the person pressed Cancel. */
function cancelled(token: vscode.CancellationToken, cancel: () => Promise<'cancelled' | 'tooLate'>): Promise<void> {
  return new Promise((resolve, reject) => token.onCancellationRequested(() => {
    cancel().then(outcome => {
      if (outcome === 'tooLate') { sayTooLate(); }
      resolve();
    }, reject);
  }));
}

/** Says that a cancel came too late: the credits are spent, so the pictures are not thrown away. */
export function sayTooLate(): void {
  void vscode.window.showInformationMessage(vscode.l10n.t('It can no longer be stopped: the pictures are being made, and will be saved. The Tasks view shows it.'));
}
