import { setTimeout as delay } from 'node:timers/promises';
import type { JimengClient, ReceivedItem } from '../../service/client.ts';
import { JimengError } from '../../service/failures/failures.ts';

/** When to look whether the service makes a cancelled task all the same; in ms after the cancel. */
const CHECKS_AFTER_CANCEL_MS = [30_000, 120_000, 300_000, 600_000];

/** `tooLate`: the service is already making the pictures. Throws JimengError when the service cannot be asked. */
export async function cancelAtService(
  client: JimengClient,
  serviceTaskId: string,
): Promise<'cancelled' | 'tooLate'> {
  try {
    await client.cancelTask(serviceTaskId);
    return 'cancelled';
  } catch (error) {
    if (error instanceof JimengError && error.failure.kind === 'notCancellable') return 'tooLate';
    throw error;
  }
}

/**
 * What the service made of a task that it said to be cancelled: it can run on to `completed` all the same
 * (service-contract, Tasks). Undefined where nothing came. Throws JimengError, and the signal's reason.
 */
export async function resultsAfterCancel(
  client: JimengClient,
  serviceTaskId: string,
  signal: AbortSignal,
  checksMs: readonly number[] = CHECKS_AFTER_CANCEL_MS,
): Promise<ReceivedItem[] | undefined> {
  let waited = 0;
  for (const time of checksMs) {
    await delay(time - waited, undefined, { signal, ref: false });
    waited = time;
    const task = await client.getTask(serviceTaskId, signal);
    if (task.status === 'completed') return task.items;
  }
  return undefined;
}
