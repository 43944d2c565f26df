import type { Task, TaskState } from '../task.ts';
import type { Wish } from './wishes.ts';

/** Wishes that bring a final task back. */
export type Reopening = Extract<Wish, { wish: 'watchAgain' | 'fetchMissing' | 'adopt' }>;

/**
 * The state in which a final task goes on because the person asked for it; undefined where there is nothing to go on with.
 * @param alive a held request that is no longer watched is still open
 */
export function reopened(task: Task, wish: Reopening, alive: boolean): TaskState | undefined {
  if (wish.wish === 'adopt') { return { status: 'processing', serviceTaskId: wish.serviceTaskId }; }
  if (wish.wish === 'fetchMissing') {
    if (task.status !== 'partly') { return undefined; }
    const { results, files, serviceTaskId } = task;
    return { status: 'saving', results, files, missing: [], ...serviceTaskId !== undefined && { serviceTaskId } };
  }
  if (task.status === 'unwatched' && task.results) {
    return { status: 'saving', results: task.results, files: [], missing: [], ...task.serviceTaskId !== undefined && { serviceTaskId: task.serviceTaskId } };
  }
  if ('serviceTaskId' in task && task.serviceTaskId !== undefined) { return { status: 'processing', serviceTaskId: task.serviceTaskId }; }
  if (task.status === 'unwatched') { return alive ? { status: 'running' } : { status: 'uncertain' }; }
  return undefined;
}
