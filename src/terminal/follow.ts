import * as l10n from '@vscode/l10n';
import { isFinal } from '../core/final.ts';
import type { Task } from '../core/task.ts';
import { megabytes } from '../core/videos/download-video.ts';
import type { JimengClient } from '../core/service/client.ts';
import type { Ledger } from '../core/tasks/ledger.ts';
import type { Order } from '../core/tasks/order.ts';
import type { TaskRunner } from '../core/tasks/runner.ts';
import { exit } from './environment.ts';
import { complain } from './output.ts';
import { reportTask } from './report.ts';
import { waitingFor, WaitingLine } from './waiting-line.ts';

export interface FollowOptions {
  runner: TaskRunner;
  ledger: Ledger;
  order: Order;
  client: JimengClient;
  /** Ends as soon as the service has the task. */
  detach: boolean;
  json: boolean;
}

/** Starts a task and stays in front of it. Ctrl-C leaves a task at the service where it is, and asks once before it aborts a held request. */
export async function follow({ runner, ledger, order, client, detach, json }: FollowOptions): Promise<number> {
  const began = performance.now();
  const line = new WaitingLine();
  const stopWatching = ledger.onDidChange(task => line.show(progress(task)));
  const interrupted = new AbortController();
  let current: string | undefined;
  let asked = false;
  const onInterrupt = () => void interrupt();
  const interrupt = async () => {
    const task = current === undefined ? undefined : await ledger.get(current);
    line.end();
    if (!asked && (task?.status === 'sending' || task?.status === 'running') && order.wait === 'held') {
      asked = true; // the credits are spent by now, and the pictures come only through this connection
      complain(l10n.t('The credits are spent, and the result would be lost. Press Ctrl-C again to end all the same.'));
      return;
    }
    interrupted.abort();
    switch (task?.status) {
      case 'pending':
      case 'queued':
      case 'processing':
        complain(l10n.t('Interrupted. The task goes on at the service; come back to it with: jimeng task {0} --wait --save', task.serviceTaskId));
        runner.dispose();
        break;
      case 'saving':
        complain(l10n.t('The result is being saved; this takes a moment.'));
        break;
      case 'sending':
      case 'running':
        complain(l10n.t('Interrupted. The service may go on with it and spend the credits all the same.'));
        runner.abandon(task.id);
    }
  };
  process.on('SIGINT', onInterrupt);
  try {
    const started = await runner.start(order, client);
    current = started.id;
    const task = await (detach ? started.accepted : started.done);
    if (detach) {
      runner.dispose();
      started.done.catch(() => { /* left at the service on purpose */ });
    }
    line.end();
    const code = reportTask(task, { json, seconds: (performance.now() - began) / 1_000 });
    return interrupted.signal.aborted ? exit.interrupted : code;
  } catch (error) {
    if (interrupted.signal.aborted) { return exit.interrupted; }
    throw error;
  } finally {
    line.end();
    stopWatching();
    process.off('SIGINT', onInterrupt);
  }
}

function progress(task: Task): string {
  if (isFinal(task)) { return ''; }
  switch (task.status) {
    case 'waiting':
    case 'sending': return l10n.t('Sending…');
    case 'running': return l10n.t('Waiting for the result…');
    case 'pending':
    case 'queued':
    case 'processing': return waitingFor(task.status);
    case 'saving': return task.bytes
      ? l10n.t('Loading the video: {0}', megabytes(task.bytes))
      : l10n.t('Saving {0}/{1}…', task.files.length, task.results.length);
  }
}
