import { setTimeout as delay } from 'node:timers/promises';
import type { JimengClient, ReceivedItem, ServiceTask } from '../service/client.ts';
import { JimengError } from '../service/failures.ts';
import type { Failure } from '../task.ts';

/** What a task at the service came to. */
export type Watched =
  | { outcome: 'result'; items: ReceivedItem[] }
  | { outcome: 'failed'; failure: Failure }
  | { outcome: 'cancelled' }
  | { outcome: 'lost' };

const longestPause = 30_000;
/** An answer that does not fit is asked for again this often before it ends the watch. */
const unreadableAnswers = 5;
/** Nothing was learned about the task: the service is away for now, so the watch goes on, ever slower. */
const passing = new Set(['serviceDown', 'connectionLost', 'gatewayTrouble', 'timedOut', 'rateLimited']);

export interface WatchOptions {
  client: Pick<JimengClient, 'getTask'>;
  serviceTaskId: string;
  /** Ends the watch: rejects with the signal's reason. */
  signal: AbortSignal;
  onStatus: (status: 'pending' | 'queued' | 'processing') => Promise<void>;
  /** The pause between two looks, in ms; seed-skill: 3 to 5 s. */
  pause?: () => number;
}

/**
 * Looks at one task until it is final. An error envelope ends it (service-contract: errors are HTTP 200, "a poller
 * that looks only at `status` never ends"); a service that is away does not, since the task may well be running.
 */
export async function watch(options: WatchOptions): Promise<Watched> {
  const { client, serviceTaskId, signal, onStatus } = options;
  const pause = options.pause ?? (() => 3_000 + 2_000 * Math.random());
  let troubles = 0;
  let unreadable = 0;
  for (;;) {
    try {
      const task = await client.getTask(serviceTaskId, signal);
      troubles = unreadable = 0;
      const end = ended(task);
      if (end) { return end; }
      await onStatus(task.status as 'pending' | 'queued' | 'processing');
    } catch (error) {
      if (!(error instanceof JimengError)) { throw error; }
      const { kind } = error.failure;
      if (kind === 'taskNotFound' || kind === 'routeNotFound') { return { outcome: 'lost' }; }
      troubles++;
      const goesOn = passing.has(kind) || (kind === 'unreadable' && ++unreadable < unreadableAnswers);
      if (!goesOn) { return { outcome: 'failed', failure: error.failure }; }
    }
    await delay(Math.min(pause() * 2 ** troubles, longestPause), undefined, { signal });
  }
}

function ended(task: ServiceTask): Watched | undefined {
  switch (task.status) {
    case 'completed': return { outcome: 'result', items: task.items };
    case 'failed': return { outcome: 'failed', failure: task.failure };
    case 'cancelled': return { outcome: 'cancelled' };
    default: return undefined;
  }
}
