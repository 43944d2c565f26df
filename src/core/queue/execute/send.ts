import { isWeb } from '../../inputs/address.ts';
import type { OpenInput } from '../../inputs/content.ts';
import { loadInputs } from '../../inputs/inputs.ts';
import type { Generated, JimengClient } from '../../service/client.ts';
import { costsCredits, JimengError, mayHaveBeenCharged } from '../../service/failures/failures.ts';
import { rowOf, type Failure } from '../../service/failures/table.ts';
import type { Network } from '../../service/proxy.ts';
import type { Task, TaskState, WaitingTask } from '../task.ts';
import type { Execution } from './execution.ts';

/** Who pays for a task, and what is asked for only once it is sent. */
export interface SendOptions {
  /** For the task's service, with the session that pays. */
  client: JimengClient;
  /** Of the session; undefined where nothing is kept of it. */
  fingerprint?: string;
  /** Where the service shall call, unless the request names an address. */
  callbackUrl?: () => Promise<string | undefined>;
}

/**
 * Sends a request that the ledger has as `sending`, once. Undefined where no answer came: the task is where that leaves it.
 * @param ifNotSent the state for a request of which nothing left; false: it has failed
 */
export async function sendRequest(
  run: Execution,
  body: WaitingTask['state']['body'],
  options: SendOptions,
  ifNotSent: WaitingTask['state'] | false,
  { openInput, network }: { openInput: OpenInput; network: Network },
): Promise<Generated | undefined> {
  const { request, mode } = run.task;
  const isSync = mode === 'sync';
  const { images } = request;
  let left = false;
  const isCancelWanted = () => run.cancelWanted; // asked anew after each await
  const onSent = () => {
    left = true;
    if (isSync)
      run.transition({ status: 'running' }).catch(() => {
        /* the next transition tells it too */
      });
  };
  try {
    const inputs = images && (await loadInputs(images, openInput, network, run.signal));
    if (isCancelWanted()) {
      await run.transition({ status: 'cancelled' });
      return undefined;
    }
    const callbackUrl = request.callbackUrl ?? (isSync ? undefined : await options.callbackUrl?.());
    return await run.client.generate(
      { kind: request.kind, body },
      {
        async: !isSync,
        ...(callbackUrl !== undefined && { callbackUrl }),
        ...(inputs && { inputs }),
        onlyDemo: run.task.service.demo,
        onSent,
        // An async request is answered in milliseconds and may not be torn down half-way: its task would have no id.
        ...(isSync && { signal: run.signal }),
      },
    );
  } catch (error) {
    await run.transition(
      stateAfter(error, run.task, { left, cancelWanted: isCancelWanted(), ifNotSent }),
    );
    return undefined;
  }
}

/** Where a task goes whose request was not answered. Throws the error of one that this process just left alone. */
function stateAfter(
  error: unknown,
  task: Task,
  {
    left,
    cancelWanted,
    ifNotSent,
  }: { left: boolean; cancelWanted: boolean; ifNotSent: WaitingTask['state'] | false },
): TaskState {
  if (!(error instanceof JimengError)) {
    if (!cancelWanted && left) throw error;
    if (!cancelWanted && ifNotSent) return ifNotSent;
    return left ? { status: 'uncertain' } : { status: 'cancelled' }; // torn down: what had left may be charged all the same
  }
  const { failure } = error;
  if (mayHaveBeenCharged(failure)) return { status: 'uncertain', failure };
  if (cancelWanted && !costsCredits(failure)) return { status: 'cancelled' };
  const { unsent, final } = rowOf(failure);
  return ifNotSent && unsent && !final
    ? ifNotSent
    : { status: 'failed', failure: reasonOf(failure, task) };
}

/** The service says alike that it could not load a picture and that it could not send it on: with addresses it is the first. */
export function reasonOf(failure: Failure, { request: { images } }: Task): Failure {
  return failure.kind === 'uploadFailed' && images?.every(({ uri }) => isWeb(uri))
    ? { ...failure, kind: 'remoteFile' }
    : failure;
}
