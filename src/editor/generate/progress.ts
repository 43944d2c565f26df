import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { isFinal } from '../../core/queue/transitions.ts';
import { whenDone } from '../../core/queue/when-done.ts';
import type { Task } from '../../core/queue/task.ts';
import { inBackground } from '../platform/background.ts';
import { cancelTasks } from '../tasks/task-actions.ts';
import type { Deps } from '../platform/deps.ts';
import { clock, statusText } from '../tasks/task-texts.ts';
import { nextStepFor, shortReason } from '../tasks/waiting-texts.ts';

/** What ends sooner needs no progress: it would still be visible beside the message of the end. In ms. */
const MIN_PROGRESS_MS = 500;

/** How to send those that are shown now to the background, by the id of their task. */
const shown = new Map<string, () => void>();

/** Ends the progress of one task, or of all; the tasks go on in the Tasks view. */
export function continueInBackground(id: unknown): void {
  for (const [task, hide] of shown) if (typeof id !== 'string' || id === task) hide();
}

/** Shows a task's progress, which can be cancelled or sent to the background, until nobody works on it any more. */
export async function showProgress(id: string, deps: Deps): Promise<void> {
  const { ledger, waiting } = deps.services;
  const began = Date.now();
  const hidden = new AbortController();
  const finished = whenDone(ledger, id, hidden.signal);
  if (await Promise.race([finished.then(() => true), delay(MIN_PROGRESS_MS, false)])) return;
  shown.set(id, () => hidden.abort());
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Jimeng'),
      cancellable: true,
    },
    async (progress, token) => {
      let task: Task | undefined = await ledger.get(id);
      const show = () => {
        if (!task || isFinal(task)) return;
        const reason = task.state.status === 'waiting' ? waiting.reasons.get(id) : undefined;
        const state = `${reason ? shortReason(reason) : statusText(task)} ${clock(Date.now() - began)}${task.service.demo ? ` (${vscode.l10n.t('demo')})` : ''}`;
        const next = reason && nextStepFor(reason);
        const background = `[${vscode.l10n.t('Continue in Background')}](command:jimeng.continueInBackground?${encodeURIComponent(JSON.stringify([id]))})`;
        progress.report({
          message: [
            state,
            ...(next ? [`[${next.title}](command:${next.command})`] : []),
            background,
          ].join(' · '),
        });
      };
      const stop = ledger.onDidChange(changed => {
        if (changed.id === id) {
          task = changed;
          show();
        }
      });
      const stopReasons = waiting.onDidChange(show);
      token.onCancellationRequested(() => {
        hidden.abort();
        if (task) inBackground(cancelTasks([task], deps), deps.log);
      });
      const timer = setInterval(show, 1_000);
      show();
      await finished;
      stop();
      stopReasons.dispose();
      clearInterval(timer);
    },
  );
  shown.delete(id);
}
