import { known, serviceTaskIdOf, type Task, type TaskState } from '../task.ts';
import type { Wish } from './wishes.ts';

/** Wishes that bring a final task back. */
export type Reopening = Extract<Wish, { wish: 'watchAgain' | 'fetchMissing' | 'adopt' }>;

/**
 * The state in which a final task goes on because the person asked for it; undefined where there is nothing to go on with.
 * @param alive a held request that is no longer watched is still open
 */
export function reopened(task: Task, wish: Reopening, alive: boolean): TaskState | undefined {
  if (wish.wish === 'adopt') { return { status: 'processing', serviceTaskId: wish.serviceTaskId }; }
  const serviceTaskId = serviceTaskIdOf(task);
  if (wish.wish === 'fetchMissing') {
    return task.status === 'partly' ? { status: 'saving', results: task.results, files: task.files, missing: [], ...known(serviceTaskId) } : undefined;
  }
  if (task.status === 'unwatched' && task.results) { return { status: 'saving', results: task.results, files: [], missing: [], ...known(serviceTaskId) }; }
  if (serviceTaskId !== undefined) { return { status: 'processing', serviceTaskId }; }
  if (task.status === 'unwatched') { return alive ? { status: 'running' } : { status: 'uncertain' }; }
  return undefined;
}
