import * as z from 'zod/mini';
import type { Failure } from './failures/table.ts';
import { parseAnswer, itemsOf, type ReceivedItems } from './answers.ts';
import { classify } from './failures/classify.ts';
import { JimengError } from './failures/failures.ts';
import {
  ServiceTask as TaskAnswer,
  TaskId,
  WithQueue,
  type ListedTask as ListedTaskAnswer,
} from './schemas.ts';

/**
 * `isStuck`: it is called unfinished while the service says that nothing runs or waits there. It was restarted then, and
 * nothing resumes the task (service-contract, Endpoints): the failure `taskStuck`, once two looks agree.
 */
export type ServiceTask =
  | { status: 'pending' | 'queued' | 'processing'; isStuck?: true }
  | { status: 'cancelled' }
  | ({ status: 'completed' } & ReceivedItems)
  | { status: 'failed'; failure: Failure };

/** One of the service's tasks, ours or a stranger's. */
export interface ListedTask {
  serviceTaskId: string;
  status: string;
  type: string | undefined;
  model: string | undefined;
  prompt: string | undefined;
  /** In ms since 1970, by the service's clock. */
  createdAt: number | undefined;
  /** As of `ServiceTask`. */
  isStuck: boolean;
  /** All of it. Throws JimengError (`unreadable`). */
  read(): ServiceTask;
}

/** Throws JimengError (`badTaskId`) for what cannot be one, such as a word that leads to another address. */
export function pathOf(serviceTaskId: string): string {
  if (!z.safeParse(TaskId, serviceTaskId).success) throw new JimengError({ kind: 'badTaskId' });
  return `/v1/tasks/${encodeURIComponent(serviceTaskId)}`;
}

/** @param answer that it came with */
export function listed(task: z.output<typeof ListedTaskAnswer>, answer: unknown): ListedTask {
  return {
    serviceTaskId: task.task_id,
    status: task.status,
    type: task.type ?? undefined,
    model: task.model ?? undefined,
    prompt: task.prompt ?? undefined,
    createdAt: typeof task.created_at === 'number' ? task.created_at * 1_000 : undefined,
    isStuck: ['pending', 'queued', 'processing'].includes(task.status) && isIdle(answer),
    read: () => taskOf(task, answer),
  };
}

/** @param answer that it came with: itself, or the list */
export function taskOf(value: unknown, answer = value): ServiceTask {
  const task = parseAnswer(TaskAnswer, value);
  switch (task.status) {
    case 'completed':
      return { status: task.status, ...itemsOf(task.result) };
    case 'failed':
      return { status: task.status, failure: classify(task.error ?? '', undefined, true) };
    case 'cancelled':
      return { status: task.status };
    default:
      return { status: task.status, ...(isIdle(answer) && { isStuck: true }) };
  }
}

export function queueOf(answer: unknown): { running: number; queued: number } | undefined {
  return z.safeParse(WithQueue, answer).data?.queue_stats ?? undefined;
}

/** Whether the service says that nothing runs or waits there. */
export function isIdle(answer: unknown): boolean {
  const queue = queueOf(answer);
  return queue?.running === 0 && queue.queued === 0;
}
