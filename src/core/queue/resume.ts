import { lstat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { JimengClient, ListedTask } from '../service/client.ts';
import { foreignText } from '../service/failures/foreign-text.ts';
import { errorCode } from '../system/files.ts';
import {
  withServiceTaskId,
  serviceTaskIdOf,
  type SavedPicture,
  type Task,
  type TaskState,
} from './task.ts';
import type { Command } from './commands.ts';
import type { Ledger } from './store.ts';

/** Commands that ask the service once more for what it may still have. */
export type ResumeCommand = Extract<Command, { type: 'watchAgain' | 'adopt' }>;

/**
 * The state in which a final task goes on because the person asked for it; undefined where there is nothing to go on with.
 * @param isOpen the connection of a sync request that is no longer watched is still open
 */
export function resumedState(
  task: Task,
  command: ResumeCommand,
  isOpen: boolean,
): TaskState | undefined {
  if (command.type === 'adopt')
    return { status: 'processing', serviceTaskId: command.serviceTaskId };
  const serviceTaskId = serviceTaskIdOf(task);
  if (task.state.status === 'detached' && task.state.results)
    return {
      status: 'saving',
      results: task.state.results,
      files: [],
      missing: [],
      ...withServiceTaskId(serviceTaskId),
    };
  if (serviceTaskId !== undefined) return { status: 'processing', serviceTaskId };
  if (task.state.status === 'detached')
    return isOpen ? { status: 'running' } : { status: 'uncertain' };
  return undefined;
}

/** Whether there is something to fetch results from: links that were kept, or the service. */
export function canRefetch({ state }: Task): boolean {
  return 'serviceTaskId' in state || 'results' in state;
}

/**
 * The state in which a task goes on to fetch what a folder lacks of its pictures: from the links that were kept, else
 * from the service. Undefined where nothing is missing, or nothing can be had.
 * @param folder a URI; for another one than the task's own all pictures are fetched
 */
export async function refetchedState(
  task: Task,
  folder = task.folder,
): Promise<TaskState | undefined> {
  const serviceTaskId = serviceTaskIdOf(task);
  const results = 'results' in task.state ? task.state.results : undefined;
  const saved = 'files' in task.state && folder === task.folder ? task.state.files : [];
  const files = (
    await Promise.all(saved.map(async file => ((await isThere(file)) ? [file] : [])))
  ).flat();
  if (results && results.length > 0)
    return files.length < results.length
      ? { status: 'saving', results, files, missing: [], ...withServiceTaskId(serviceTaskId) }
      : undefined;

  return serviceTaskId === undefined || task.state.status === 'completed'
    ? undefined
    : { status: 'processing', serviceTaskId };
}

/** What is on no local disk is taken to be there. */
async function isThere({ path }: SavedPicture): Promise<boolean> {
  if (!isAbsolute(path)) return true;
  return lstat(path).then(
    () => true,
    (error: unknown) => !['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? ''),
  );
}

/** How far the service's clock, and the time at which a request arrived, may be from ours; in ms. */
const MATCH_TOLERANCE_MS = 15 * 60_000;

/**
 * Tasks of the service that may be this one, whose answer never came: same prompt, model and kind, about the same time,
 * and nobody's in the ledger. They are only offered: other people's tasks stand in the list too. Throws JimengError.
 */
export async function findMatches(
  task: Task,
  client: Pick<JimengClient, 'listTasks'>,
  ledger: Pick<Ledger, 'all'>,
): Promise<ListedTask[]> {
  const known = new Set((await ledger.all()).map(serviceTaskIdOf));
  const kind =
    task.request.kind === 'video' ? 'video' : task.request.images ? 'composition' : 'image';
  const prompt = foreignText(task.request.prompt); // as the list has it
  const sentAt = task.sentAt ?? task.createdAt;
  return (await client.listTasks()).filter(
    ({ serviceTaskId, type, model, prompt: theirs, createdAt }) =>
      !known.has(serviceTaskId) &&
      theirs === prompt &&
      (model ?? task.model) === task.model &&
      (type ?? kind) === kind &&
      Math.abs((createdAt ?? sentAt) - sentAt) < MATCH_TOLERANCE_MS,
  );
}
