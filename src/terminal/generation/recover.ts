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
 * Goes on with what a command left that was killed, and says so: pictures that were being saved are saved, and a request
 * that had left without an answer is named. Tasks that were left at the service on purpose stay there, and so does what
 * a living process works on, and what would go through a link out of the project. Nothing of it ends the command that it happens beside.
 * @param isOther whether a task is none that the command itself is about
 */
export async function recover(
  queue: TaskQueue,
  { ledger, connect }: Pick<Services, 'ledger' | 'connect'>,
  environment: Environment,
  isOther: (task: Task) => boolean = () => true,
): Promise<void> {
  const left = await ledger.unfinished().catch(() => []);
  const ownFolder =
    (await whyNotFolder(undefined, environment)) === undefined
      ? undefined
      : pathToFileURL(outputFolder(undefined, environment)).href;
  await Promise.all(
    left
      .filter(task => isOther(task) && mayBeTakenUp(task) && task.folder !== ownFolder)
      .map(async task => {
        if ((await ledger.isHeld(task.id)) || (await isLeftAtService(task, connect))) return;
        const started = await queue.resume(task.id);
        if (started) tell(await started.done);
      })
      .map(done =>
        done.catch(() => {
          /* the next command tries again */
        }),
      ),
  );
}

/**
 * What agents asked for is taken up by their own server, but for pictures that only have to be saved. What was never sent
 * is cancelled: its command is gone.
 */
function mayBeTakenUp({ state: { status }, by, fetchOnRequest }: OpenTask): boolean {
  return (
    status === 'saving' ||
    (by === undefined && (status === 'waiting' || fetchOnRequest === undefined))
  );
}

/** Whether the service still works on it, as far as is known; then it is told how to come back to it. */
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

function tell(ended: FinalTask | WaitingTask): void {
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
