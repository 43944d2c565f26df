import type { FinalTask, Task, TaskStatus } from './task.ts';

// Apart from the schemas of a task, so that whoever only wants to know this does not load them.

const finals: ReadonlySet<TaskStatus> = new Set<FinalTask['status']>([
  'completed',
  'partial',
  'failed',
  'cancelled',
  'lost',
  'detached',
  'uncertain',
]);

/** Nobody works on it any more, unless the person asks for it. */
export function isFinal(task: Task): task is FinalTask {
  return finals.has(task.status);
}
