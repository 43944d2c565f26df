import * as l10n from '@vscode/l10n';
import type { JimengClient, ListedTask, ServiceTask } from '../../core/service/client.ts';
import { JimengError, joinSentences } from '../../core/service/failures/failures.ts';
import { serviceTaskIdOf, type Task } from '../../core/queue/task.ts';
import type { Ledger } from '../../core/queue/store.ts';
import type { Executor } from '../../core/queue/execute/execute.ts';
import { exit } from '../platform/environment.ts';
import { logError, oneLine, log, logJson } from '../platform/output.ts';
import { explain, reportTask } from './report.ts';
import { waitingFor, WaitingLine } from './waiting-line.ts';

export interface LookOptions {
  client: JimengClient;
  address: string;
  executor: Executor;
  interrupted: AbortSignal;
  wait: boolean;
  json: boolean;
}

/** Reports a task's status, after waiting for it if requested. @param id the service's, if the task is not in the ledger */
export async function look(
  known: Task | undefined,
  id: string,
  { client, address, executor, interrupted, wait, json }: LookOptions,
): Promise<number> {
  const serviceTaskId = known ? serviceTaskIdOf(known) : id;
  if (known && serviceTaskId === undefined)
    return reportTask(known, { json, seconds: 0, isRecorded: true });
  if (wait)
    await untilDone(serviceTaskId ?? id, known?.service.url ?? address, executor, interrupted);
  const listed = await client.lookUp(serviceTaskId ?? id, interrupted);
  return printTask(listed, listed.read(), json);
}

/** By the service's id, or by ours, the only one of a sync request. */
export async function findTask(id: string, ledger: Ledger): Promise<Task | undefined> {
  return (await ledger.all()).find(known => serviceTaskIdOf(known) === id || known.id === id);
}

/**
 * Resolves when the service is done with it; an unreachable service is waited for. Rejects when the person interrupts it,
 * and with JimengError (`taskStuck`) if the service only claims to work on it.
 */
export async function untilDone(
  serviceTaskId: string,
  url: string,
  { poller }: Executor,
  signal: AbortSignal,
): Promise<void> {
  const line = new WaitingLine();
  try {
    const watched = await poller.poll({
      url,
      serviceTaskId,
      signal,
      onStatus: status => {
        line.show(waitingFor(status));
        return Promise.resolve();
      },
    });
    if (watched.outcome === 'lost' && watched.failure) throw new JimengError(watched.failure);
  } finally {
    line.end();
  }
}

/** Its status. A failed one exits with 1. */
export function printTask(listed: ListedTask, read: ServiceTask, json: boolean): number {
  const { serviceTaskId, status, model, prompt } = listed;
  const problem = read.status === 'failed' ? explain(read.failure) : undefined;
  if (json) {
    logJson({ task_id: serviceTaskId, status, model, prompt, ...(problem && { error: problem }) });
  } else {
    log([serviceTaskId, status, model ?? '', prompt ?? ''].map(oneLine).join('  '));
    if (problem) logError(joinSentences(problem.message, problem.advice));
    if (status === 'completed')
      logError(l10n.t('Add --save to save its pictures. Links last 2 to 3 hours.'));
  }
  return status === 'failed' || status === 'cancelled' ? exit.failed : exit.done;
}
