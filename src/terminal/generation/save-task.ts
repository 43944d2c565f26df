import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import { isFinal } from '../../core/queue/transitions.ts';
import type { JimengClient, ListedTask } from '../../core/service/client.ts';
import { serviceTaskIdOf, type ActiveTask, type Task } from '../../core/queue/task.ts';
import type { TaskQueue } from '../../core/queue/queue.ts';
import type { Services } from '../services.ts';
import type { Environment } from '../platform/environment.ts';
import { findTask, printTask, untilDone } from './look-up.ts';
import { logError } from '../platform/output.ts';
import { assertFolder, outputFolder } from './output-folder.ts';
import { reportTask } from './report.ts';

/** How often to check whether another process is done with a task. */
const CHECK_AGAIN_MS = 250;

export interface SaveTaskOptions {
  services: Services;
  queue: TaskQueue;
  /** For the service that has the task. */
  client: JimengClient;
  /** The service to ask for a task that is not in the ledger. */
  address: string;
  interrupted: AbortSignal;
  wait: boolean;
  json: boolean;
  /** As given on the command line. */
  named: string | undefined;
}

/**
 * Saves a task's missing pictures once: a task that another process works on is left to it. They go into the given
 * folder, else the task's own, else the project's. Throws UsageError if that one leads out of the project.
 */
export async function saveTask(
  id: string,
  options: SaveTaskOptions,
  environment: Environment,
): Promise<number> {
  const {
    services: { ledger, executor },
    queue,
    client,
    address,
    interrupted,
    wait,
    json,
    named,
  } = options;
  const began = performance.now();
  const report = (task: Task) =>
    reportTask(task, {
      json,
      seconds: (performance.now() - began) / 1_000,
      isRecorded: executor.isRecorded(task.id),
    });
  const folder =
    named === undefined ? undefined : pathToFileURL(resolve(environment.cwd, named)).href;

  for (let isOtherReported = false; ;) {
    const known = await findTask(id, ledger);
    // The project's own folder may have become a link since, for example by a checkout.
    if (!known || known.folder === pathToFileURL(outputFolder(undefined, environment)).href)
      await assertFolder(named, environment);
    if (known && (await ledger.isHeld(known.id))) {
      if (!wait && known.state.status !== 'saving') return report(known);
      if (!isOtherReported)
        logError(l10n.t('Another process is working on this task; waiting for it.'));
      isOtherReported = true;
      await delay(CHECK_AGAIN_MS, undefined, { signal: interrupted });
      continue;
    }
    const serviceTaskId = known ? serviceTaskIdOf(known) : id;
    let task = known;
    if (serviceTaskId !== undefined && !(known && ('results' in known.state || isFinal(known)))) {
      if (wait)
        await untilDone(serviceTaskId, known?.service.url ?? address, executor, interrupted);
      const listed = await client.lookUp(serviceTaskId, interrupted);
      if (listed.status !== 'completed') return printTask(listed, listed.read(), json);
      task =
        (await findTask(id, ledger)) ??
        listedTask(
          listed,
          { url: address, demo: (await client.about(interrupted)).demo, kind: 'task' },
          pathToFileURL(outputFolder(named, environment)).href,
        );
    }
    if (!task) continue; // another process was faster: it is waited for
    const started = await queue.fetchMissing(task.id, folder, task);
    if (started) return report(await started.done);
    if (await ledger.isHeld(task.id)) continue;
    return report((await ledger.get(task.id)) ?? task); // nothing is missing or available
  }
}

/**
 * For a task started elsewhere only the service's answer is known. Its id here is derived from the service's, so that two
 * commands that save it at once notice each other.
 */
function listedTask(listed: ListedTask, service: Task['service'], folder: string): ActiveTask {
  const now = Date.now();
  return {
    id: uuidOf(`${service.url} ${listed.serviceTaskId}`),
    createdAt: listed.createdAt ?? now,
    updatedAt: now,
    state: { status: 'processing', serviceTaskId: listed.serviceTaskId },
    request: { kind: listed.type === 'video' ? 'video' : 'image', prompt: listed.prompt ?? '' },
    model: listed.model ?? '',
    size: '',
    mode: 'async',
    region: 'cn',
    service,
    folder,
    fetchOnRequest: true,
  };
}

function uuidOf(text: string): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
