import { lstat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { errorCode } from '../system/files.ts';
import {
  withServiceTaskId,
  serviceTaskIdOf,
  type SavedPicture,
  type Task,
  type TaskState,
} from './task.ts';
import type { Command } from './commands.ts';

/** Wishes that look once more for what the service may still have. */
export type ResumeCommand = Extract<Command, { wish: 'watchAgain' | 'adopt' }>;

/**
 * The state in which a final task goes on because the person asked for it; undefined where there is nothing to go on with.
 * @param alive a held request that is no longer watched is still open
 */
export function resumedState(
  task: Task,
  wish: ResumeCommand,
  alive: boolean,
): TaskState | undefined {
  if (wish.wish === 'adopt') return { status: 'processing', serviceTaskId: wish.serviceTaskId };
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
    return alive ? { status: 'running' } : { status: 'uncertain' };
  return undefined;
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
