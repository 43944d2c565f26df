import { pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import { isFinal } from '../../core/queue/transitions.ts';
import { JimengError, textOf } from '../../core/service/failures/failures.ts';
import { rowOf } from '../../core/service/failures/table.ts';
import {
  failureOf,
  type FinalTask,
  type OpenTask,
  type Task,
  type WaitingTask,
} from '../../core/queue/task.ts';
import type { TaskQueue } from '../../core/queue/queue.ts';
import type { Services } from '../services.ts';
import type { Environment } from '../platform/environment.ts';
import { logError } from '../platform/output.ts';
import { outputFolder, whyNotFolder } from './output-folder.ts';

/**
 * Continues what a killed command left, and reports it: pictures being saved are saved, and a request that was sent
 * without an answer is named. Tasks deliberately left at the service stay there, as does anything that a living process
 * works on or that would go through a link out of the project. No error here ends the current command.
 * @param isOther whether a task does not belong to the current command
 */
export async function recover(
  queue: TaskQueue,
  { ledger, connect }: Pick<Services, 'ledger' | 'connect'>,
  environment: Environment,
  isOther: (task: Task) => boolean = () => true,
): Promise<void> {
  const left = await ledger.unfinished().catch(() => []);
  const why = await whyNotFolder(undefined, environment);
  const forbidden =
    why === undefined ? undefined : pathToFileURL(outputFolder(undefined, environment)).href;
  const canResumeHere = left.filter(task => isOther(task) && canResume(task));
  await Promise.all(
    canResumeHere
      .filter(task => task.folder !== forbidden)
      .map(async task => {
        if ((await ledger.isHeld(task.id)) || (await isLeftAtService(task, connect))) return;
        const started = await queue.resume(task.id);
        if (started) report(await started.done);
      })
      .map(done =>
        done.catch(() => {
          /* the next command tries again */
        }),
      ),
  );
  const blocked = await Promise.all(
    canResumeHere
      .filter(task => task.folder === forbidden && task.state.status === 'saving')
      .map(async ({ id }) => !(await ledger.isHeld(id))),
  ).catch((): boolean[] => []);
  if (why !== undefined && blocked.includes(true))
    logError(
      l10n.t('An earlier command was interrupted, and its pictures cannot be saved: {0}', why),
    );
}

/**
 * Tasks of agents are resumed by their own server, except for pictures that only have to be saved. Unsent tasks are
 * cancelled: their command is gone.
 */
function canResume({ state: { status }, by, fetchOnRequest }: OpenTask): boolean {
  return (
    status === 'saving' ||
    (by === undefined && (status === 'waiting' || fetchOnRequest === undefined))
  );
}

/** Whether the service is still working on it, as far as is known; then the person is told how to come back to it. */
async function isLeftAtService(
  { state, service }: OpenTask,
  connect: Services['connect'],
): Promise<boolean> {
  if (!('serviceTaskId' in state) || state.status === 'saving') return false;
  const isOver = await connect(service.url)
    .getTask(state.serviceTaskId)
    .then(
      ({ status }) => status === 'completed' || status === 'failed' || status === 'cancelled',
      (error: unknown) =>
        error instanceof JimengError && rowOf(error.failure).aboutTask !== 'nothing',
    );
  if (!isOver)
    logError(
      l10n.t(
        'An earlier command was interrupted; its task is still at the service: jimeng task {0} --wait --save',
        state.serviceTaskId,
      ),
    );
  return !isOver;
}

function report(ended: FinalTask | WaitingTask): void {
  const files = 'files' in ended.state ? ended.state.files : [];
  if (files.length > 0)
    logError(
      l10n.t(
        'An earlier command was interrupted; its pictures are saved now:\n{0}',
        files.map(({ path }) => path).join('\n'),
      ),
    );
  const failure = isFinal(ended) ? failureOf(ended) : undefined;
  if (failure)
    logError(
      l10n.t(
        'An earlier command was interrupted ("{0}"): {1}',
        shortened(ended.request.prompt),
        textOf(failure),
      ),
    );
}

function shortened(prompt: string): string {
  const line = prompt.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
