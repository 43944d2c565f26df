import * as vscode from 'vscode';
import { isFinal } from '../../core/queue/transitions.ts';
import type { Task } from '../../core/queue/task.ts';
import type { Deps } from '../platform/deps.ts';

/** What is long, or imports much: this file is loaded at every start of the editor. */
const actions = () => import('./task-actions.ts');

/**
 * The commands of a task's row, each under its id without `jimeng.`: for all tasks that are selected, or the one of the row.
 * `register.ts` registers them, and reports what they throw.
 */
export const taskCommands: Record<string, (tasks: Task[], deps: Deps) => Promise<unknown>> = {
  cancelTask: async (tasks, deps) => (await actions()).cancelTasks(tasks, deps),
  stopWatching: async (tasks, deps) => (await actions()).stopWatching(tasks, deps),
  watchAgain: async (tasks, deps) => (await actions()).watchAgain(tasks, deps),
  fetchMissing: (tasks, { services }) =>
    Promise.all(
      tasks
        .filter(({ state: { status } }) => status === 'partial')
        .map(({ id }) => services.queue.command({ type: 'fetchMissing', id })),
    ),
  runAgain: async (tasks, deps) => (await actions()).runAgain(tasks, deps),
  editAndRunAgain: async ([task], { edit }) => {
    if (task) await edit(task.request);
  },
  choosePicture: async ([task], { services }) => {
    if (task) await (await import('../pages/target.ts')).choosePicture(task, services.ledger);
  },
  copyPrompt: async tasks =>
    vscode.env.clipboard.writeText(tasks.map(({ request }) => request.prompt).join('\n')),
  copyTaskId: async tasks => (await actions()).copyTaskIds(tasks),
  findAtService: async ([task], deps) => {
    if (task) await (await actions()).findAtService(task, deps);
  },
  saveKept: async ([task], deps) => {
    if (task) await (await actions()).saveKept(task, deps);
  },
  removeTask: (tasks, { services }) =>
    Promise.all(tasks.filter(isFinal).map(({ id }) => services.ledger.remove(id))),
};

/** The commands of the whole view in the same way. */
export const queueCommands: Record<string, (deps: Deps) => Promise<unknown>> = {
  cancelAllWaiting: ({ services }) => services.queue.command({ type: 'cancelWaiting' }),
  pauseQueue: ({ services }) => services.queue.command({ type: 'pause' }),
  resumeQueue: ({ services }) => services.queue.command({ type: 'resume' }),
  clearFinished: async deps => (await actions()).clearFinished(deps),
};
