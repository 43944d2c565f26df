import type { PageTarget } from '../request/schema.ts';
import type { ActiveTask, FinalTask, Task, TaskStatus, WaitingTask } from './task.ts';

// Apart from the schemas of a task, so that whoever only wants to know this does not load them.

const afterSending = ['saving', 'failed', 'uncertain', 'cancelled', 'detached'] as const;
const atService = [
  'pending',
  'queued',
  'processing',
  'saving',
  'failed',
  'cancelled',
  'lost',
  'detached',
] as const;

/**
 * Every step that a task may take. A final state has no way out but those that the person asks for: fetching what is
 * missing or was deleted, looking once more for what the service may still have, taking over a match for what is uncertain.
 */
const transitions: Record<TaskStatus, readonly TaskStatus[]> = {
  waiting: ['sending', 'cancelled', 'failed'],
  /** Back to `waiting` only where no byte of the request has left. */
  sending: ['waiting', 'running', 'pending', 'queued', 'processing', ...afterSending],
  running: afterSending,
  pending: atService,
  queued: atService,
  processing: atService,
  saving: ['saving', 'completed', 'partial'],
  completed: ['saving'],
  partial: ['saving'],
  /** The service may have been wrong about it, or odd for a while. */
  failed: ['processing'],
  /** `detached`: the service made it all the same. */
  cancelled: ['processing', 'detached'],
  lost: ['processing'],
  detached: ['detached', 'running', 'processing', 'saving', 'uncertain'],
  uncertain: ['processing'],
};

/** Whether a task may go from one state to the other. What is not allowed came too late, twice or out of order. */
export function canTransition(from: TaskStatus, to: TaskStatus): boolean {
  return transitions[from].includes(to);
}

/** A process that takes the task up goes on from each of these in the same way. */
const ALIKE: readonly (readonly TaskStatus[])[] = [
  ['sending', 'running'],
  ['pending', 'queued', 'processing'],
  ['saving'],
];

/**
 * Whether a step only tells how far a task is, and need not be on the disk: `sending` to `running`, a change of the
 * service's own status, and each picture that is saved.
 */
export function isProgress(from: TaskStatus, to: TaskStatus): boolean {
  return ALIKE.some(statuses => statuses.includes(from) && statuses.includes(to));
}

const FINAL: readonly TaskStatus[] = [
  'completed',
  'partial',
  'failed',
  'cancelled',
  'lost',
  'detached',
  'uncertain',
] satisfies FinalTask['state']['status'][];

/** Nobody works on it any more, unless the person asks for it. */
export function isFinal(task: Task): task is FinalTask {
  return FINAL.includes(task.state.status);
}

/** It has left our own queue and is not final. */
export function isActive(task: Task): task is ActiveTask {
  return !isFinal(task) && !isWaiting(task);
}

/** It is in our own queue: nothing of it was sent. */
export function isWaiting(task: Task): task is WaitingTask {
  return task.state.status === 'waiting';
}

/** The file that one of a task's pictures is still to become; while pictures wait elsewhere, none can. */
export function openTargetOf(task: Task): PageTarget | undefined {
  const { request, keptFor } = task;
  return request.kind === 'image' &&
    'files' in task.state &&
    task.state.files.length > 0 &&
    isFinal(task) &&
    keptFor === undefined
    ? request.target
    : undefined;
}
