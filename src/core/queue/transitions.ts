import type { TaskStatus } from './task.ts';

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
