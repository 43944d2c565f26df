import type { Region } from '../request/models.ts';
import type { Failure } from '../service/failures/table.ts';
import type { Task, WaitingTask } from './task.ts';
import { isWaiting } from './transitions.ts';
import { isPaused, type QueueState } from './pauses.ts';

/**
 * Why a task still waits in our own queue. Only `inLine` needs nothing but time. `place` is counted from 1, over all tasks
 * that go on when those before them do.
 */
export type WaitingReason =
  | { why: 'paused'; place: number }
  /** The session IDs were changed in another window, and this one does not see it. */
  | { why: 'sessionStale' }
  | { why: 'noSession'; region: Region }
  /** The session was answered with a failure that pauses it until its ID is another one. */
  | { why: 'sessionRefused'; region: Region; failure: Failure }
  /** The same for a while. @property until in ms since 1970 */
  | { why: 'sessionPaused'; region: Region; failure: Failure; until: number }
  /** It is tried again by itself. */
  | { why: 'serviceAway' }
  | { why: 'inLine'; place: number };

/** What the queue looks like to the window that asks. */
export interface QueueSnapshot {
  queue: QueueState;
  /** The fingerprint of the session that would pay for a task now; undefined where there is none. */
  accountOf: (task: WaitingTask) => string | undefined;
  sessionsStale: boolean;
  /** Nothing answered when a task was to be sent. */
  isServiceAway: boolean;
  /** In ms since 1970. */
  now: number;
}

/** Why each waiting task waits, by its id, oldest first: the one place that every view, message and tool asks. */
export function waitingReasons(
  tasks: readonly Task[],
  view: QueueSnapshot,
): Map<string, WaitingReason> {
  let place = 0;
  const waiting = tasks.filter(isWaiting).sort((a, b) => a.createdAt - b.createdAt);
  return new Map(
    waiting.map(task => [
      task.id,
      obstacleOf(task, view) ?? { why: view.queue.paused ? 'paused' : 'inLine', place: ++place },
    ]),
  );
}

function obstacleOf(
  task: WaitingTask,
  { queue, accountOf: accountOf, sessionsStale, isServiceAway: serviceAway, now }: QueueSnapshot,
): WaitingReason | undefined {
  if (queue.paused) return undefined;
  const { region } = task;
  const payer = accountOf(task);
  if (payer === undefined)
    return sessionsStale ? { why: 'sessionStale' } : { why: 'noSession', region };
  const pause = isPaused(queue, payer, now) ? queue.sessions[payer] : undefined;
  if (pause) {
    const { failure, until } = pause;
    return until === undefined
      ? { why: 'sessionRefused', region, failure }
      : { why: 'sessionPaused', region, failure, until };
  }
  return serviceAway ? { why: 'serviceAway' } : undefined;
}
