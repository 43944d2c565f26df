import type * as z from 'zod/mini';
import { isFinal } from '../core/queue/transitions.ts';
import { serviceTaskIdOf, type Task } from '../core/queue/task.ts';
import type { AgentHost } from './host.ts';
import { Refusal } from './errors.ts';
import { waitFor } from './generate.ts';
import {
  waitOf,
  type CancelTask,
  type FetchPictures,
  type GetTask,
  type ListTasks,
} from './inputs.ts';
import { folderOf, isOfProject } from './places.ts';
import { resultOf, summaryOf, type TaskResult } from './results.ts';

export async function getTask(
  { taskId, waitSeconds }: z.infer<typeof GetTask>,
  host: AgentHost,
  signal: AbortSignal,
): Promise<TaskResult> {
  const { id } = await find(taskId, host);
  return waitFor(id, waitOf(waitSeconds), host, signal, 'leave');
}

/** Saves a task's missing pictures. If there are none, or none can be fetched, its state says so. */
export async function fetchPictures(
  { taskId, folder, waitSeconds }: z.infer<typeof FetchPictures>,
  host: AgentHost,
  signal: AbortSignal,
): Promise<TaskResult> {
  const { id } = await find(taskId, host);
  await host.fetchMissing(id, folder === undefined ? undefined : await folderOf(folder, host));
  return waitFor(id, waitOf(waitSeconds), host, signal, 'leave');
}

/** This project's tasks, newest first, whoever requested them. */
export async function listTasks(
  { limit = 10, unfinished = false }: z.infer<typeof ListTasks>,
  host: AgentHost,
): Promise<object> {
  const shown: Task[] = [];
  for (const task of await host.ledger.all()) {
    if (shown.length === limit) break;
    if (!(unfinished && isFinal(task)) && (await isOfProject(task, host))) shown.push(task);
  }
  return {
    tasks: shown.map(task => ({
      ...summaryOf(task),
      created: new Date(task.createdAt).toISOString(),
      prompt: shortened(task.request.prompt),
      ...('files' in task.state && { files: task.state.files.map(({ path }) => path) }),
    })),
    message:
      shown.length === 0
        ? 'There are no such tasks of this project.'
        : 'jimeng_get_task says more of one. Do not open the files.',
  };
}

export async function cancelTask(
  { taskId }: z.infer<typeof CancelTask>,
  host: AgentHost,
): Promise<TaskResult> {
  const before = await find(taskId, host);
  const outcome = isFinal(before) ? 'tooLate' : await host.cancel(before.id);
  const task = (await host.ledger.get(before.id)) ?? before;
  const result = await resultOf(task, host);
  if (outcome === 'done' || isFinal(task)) return result;
  const why =
    task.state.status === 'waiting'
      ? 'It waits in another program, and only that one can cancel it; nothing is spent so far.'
      : 'It can no longer be cancelled: the service is at work, and the credits are spent.';
  return { ...result, message: `${why} ${result.message}` };
}

/** By our id, or the service's. Throws Refusal for a task of another project, as for a missing one. */
async function find(taskId: string, host: AgentHost): Promise<Task> {
  const ours = /^[\w-]+$/.test(taskId) ? await host.ledger.get(taskId) : undefined;
  const task = ours ?? (await host.ledger.all()).find(known => serviceTaskIdOf(known) === taskId);
  if (!task || !(await isOfProject(task, host)))
    throw new Refusal(
      'unknownTask',
      `There is no task ${taskId} of this project. jimeng_list_tasks names those that there are.`,
    );
  return task;
}

function shortened(prompt: string): string {
  const line = prompt.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
