import { pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import { isActive } from '../../core/queue/transitions.ts';
import { JimengError, passing, textOf } from '../../core/service/failures/failures.ts';
import { failureOf, type ActiveTask, type OpenTask, type Task } from '../../core/queue/task.ts';
import type { Lease } from '../../core/queue/lease.ts';
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
  desk: Services,
  environment: Environment,
  isOther: (task: Task) => boolean = () => true,
): Promise<void> {
  const left = await desk.ledger.unfinished().catch(() => []);
  const ownFolder =
    (await whyNotFolder(undefined, environment)) === undefined
      ? undefined
      : pathToFileURL(outputFolder(undefined, environment)).href;
  await Promise.all(
    left
      .filter(task => isOther(task) && mayBeTakenUp(task) && task.folder !== ownFolder)
      .map(async ({ id }) => {
        const claim = await desk.ledger.acquire(id);
        const task = claim && (await desk.ledger.get(id));
        if (!claim || !task || !isActive(task)) return claim?.release();
        await takeUp(task, claim, desk);
      })
      .map(done =>
        done.catch(() => {
          /* the next command tries again */
        }),
      ),
  );
}

/** What agents asked for is taken up by their own server, but for pictures that only have to be saved. */
function mayBeTakenUp(task: OpenTask): boolean {
  return (
    task.state.status === 'saving' ||
    (task.state.status !== 'waiting' && task.by === undefined && task.fetchOnRequest === undefined)
  );
}

async function takeUp(
  task: ActiveTask,
  claim: Lease,
  { executor: runner, connect }: Services,
): Promise<void> {
  if ('serviceTaskId' in task.state && task.state.status !== 'saving') {
    const status = await connect(task.service.url)
      .getTask(task.state.serviceTaskId)
      .then(
        found => found.status,
        (error: unknown) =>
          error instanceof JimengError && !passing.has(error.failure.kind) ? 'over' : undefined,
      );
    if (
      status === undefined ||
      status === 'pending' ||
      status === 'queued' ||
      status === 'processing'
    ) {
      await claim.release();
      logError(
        l10n.t(
          'An earlier command was interrupted; its task is still at the service: jimeng task {0} --wait --save',
          task.state.serviceTaskId,
        ),
      );
      return;
    }
  }
  const ended = await runner.resume(task, claim).done;
  const files = 'files' in ended.state ? ended.state.files : [];
  if (files.length > 0)
    logError(
      l10n.t(
        'An earlier command was interrupted; its pictures are saved now:\n{0}',
        files.map(({ path }) => path).join('\n'),
      ),
    );
  const failure = failureOf(ended);
  if (failure)
    logError(
      l10n.t(
        'An earlier command was interrupted ("{0}"): {1}',
        shortened(task.request.prompt),
        textOf(failure),
      ),
    );
}

function shortened(prompt: string): string {
  const line = prompt.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
