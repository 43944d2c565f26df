import * as vscode from 'vscode';
import { isFinal } from '../../core/queue/transitions.ts';
import {
  canCancel,
  canStopWatching,
  canWatchAgain,
  serviceTaskIdOf,
  type Task,
} from '../../core/queue/task.ts';
import { findMatches } from '../../core/queue/matches.ts';
import type { Command } from '../../core/queue/commands.ts';
import type { Deps } from '../platform/deps.ts';
import { moveKept } from './kept-pictures.ts';
import { choosePicture } from '../pages/target.ts';
import { reportError } from '../platform/show-failure.ts';
import { submit } from '../generate/submit.ts';
import { age, oneLine, statusText } from './task-texts.ts';
import { picturesOf, tasksOf } from './view/nodes.ts';
import type { TasksView } from './view/view.ts';
import { uriOf } from '../platform/files.ts';
import { showPick } from '../generate/wizard/step.ts';

/** Runs over the tasks of a row, or of all selected rows. What goes wrong is reported once. */
type TaskCommand = (tasks: Task[], deps: Deps) => Promise<unknown>;

/** The commands of a task's row, by their ids. */
const taskCommands: Record<string, TaskCommand> = {
  cancelTask: cancelTasks,
  stopWatching: (tasks, deps) =>
    commandAll(tasks.filter(canStopWatching), ({ id }) => ({ type: 'stopWatching', id }), deps),
  watchAgain: (tasks, deps) =>
    commandAll(tasks.filter(canWatchAgain), ({ id }) => ({ type: 'watchAgain', id }), deps),
  fetchMissing: (tasks, deps) =>
    commandAll(
      tasks.filter(({ state: { status } }) => status === 'partial'),
      ({ id }) => ({ type: 'fetchMissing', id }),
      deps,
    ),
  runAgain,
  editAndRunAgain: async ([task], { edit }) => {
    if (task) await edit(task.request);
  },
  choosePicture: async ([task], { services }) => {
    if (task) await choosePicture(task, services.ledger);
  },
  copyPrompt: tasks =>
    Promise.resolve(
      vscode.env.clipboard.writeText(tasks.map(({ request }) => request.prompt).join('\n')),
    ),
  copyTaskId: tasks =>
    Promise.resolve(
      vscode.env.clipboard.writeText(
        tasks.map(task => serviceTaskIdOf(task) ?? task.id).join('\n'),
      ),
    ),
  findAtService: async ([task], deps) => {
    if (task) await findAtService(task, deps);
  },
  saveKept: async ([task], deps) => {
    if (task) await saveKept(task, deps);
  },
  removeTask: (tasks, { services }) =>
    Promise.all(tasks.filter(isFinal).map(({ id }) => services.ledger.remove(id))),
};

/** The commands of the whole view, by their ids. */
const queueCommands: Record<string, (deps: Deps) => Promise<unknown>> = {
  cancelAllWaiting: ({ services }) => services.queue.command({ type: 'cancelWaiting' }),
  pauseQueue: ({ services }) => services.queue.command({ type: 'pause' }),
  resumeQueue: ({ services }) => services.queue.command({ type: 'resume' }),
  clearFinished,
};

export async function runTaskCommand(
  name: string,
  row: unknown,
  selected: unknown,
  deps: Deps,
): Promise<void> {
  try {
    await taskCommands[name]?.(tasksOf(row, selected), deps);
  } catch (error) {
    await reportError(error, deps.log);
  }
}

export async function runQueueCommand(name: string, deps: Deps): Promise<void> {
  try {
    await queueCommands[name]?.(deps);
  } catch (error) {
    await reportError(error, deps.log);
  }
}

/** Opens the pictures of a row. */
export async function openPictures(row: unknown): Promise<void> {
  for (const picture of picturesOf(row))
    await vscode.commands.executeCommand('vscode.open', uriOf(picture), { preview: false });
}

export async function showPictures(row: unknown): Promise<void> {
  const [first] = picturesOf(row);
  if (first) await vscode.commands.executeCommand('revealInExplorer', uriOf(first));
}

/** Cancels what costs nothing to cancel; for the rest it explains that it continues, and offers to stop watching. */
export async function cancelTasks(tasks: readonly Task[], deps: Deps): Promise<void> {
  try {
    const outcomes = await Promise.all(
      tasks.map(async task => {
        if (canCancel(task))
          return (await deps.services.queue.command({ type: 'cancel', id: task.id })) === 'done'
            ? undefined
            : task;
        return canStopWatching(task) ? task : undefined;
      }),
    );
    const late = outcomes.filter(task => task !== undefined);
    if (late.length === 0) return;
    const stop = vscode.l10n.t('Stop Watching');
    const text = vscode.l10n.t(
      'It can no longer be stopped. It is being generated and will be saved; see the Tasks view.',
    );
    if ((await vscode.window.showInformationMessage(text, stop)) !== stop) return;
    await commandAll(late, ({ id }) => ({ type: 'stopWatching', id }), deps);
  } catch (error) {
    await reportError(error, deps.log);
  }
}

async function commandAll(
  tasks: readonly Task[],
  commandFor: (task: Task) => Command,
  { services }: Deps,
): Promise<void> {
  await Promise.all(tasks.map(task => services.queue.command(commandFor(task))));
}

/** Sends the same requests once more. Where that may charge twice, or for several at once, it is confirmed first. */
async function runAgain(tasks: Task[], deps: Deps): Promise<void> {
  const again = vscode.l10n.t('Send Again');
  const uncertain = tasks.some(({ state: { status } }) => status === 'uncertain');
  if (uncertain || tasks.length > 1) {
    const question = uncertain
      ? vscode.l10n.t('Send it again? It may be charged twice.')
      : vscode.l10n.t('Send {0} requests again? Each spends credits.', tasks.length);
    const detail = uncertain
      ? vscode.l10n.t(
          'The first request was sent, but no answer came; the service may have generated it.',
        )
      : '';
    if (
      (await vscode.window.showWarningMessage(question, { modal: true, detail }, again)) !== again
    )
      return;
  }
  for (const { request, folder, service } of tasks)
    if (
      !(await submit(
        { request, mode: 'background', folder: vscode.Uri.parse(folder), wasDemo: service.demo },
        deps,
      ))
    )
      return;
}

/** Looks at the service for what became of a request whose answer never came; the person says which task it is. */
async function findAtService(task: Task, { services }: Deps): Promise<void> {
  const matches = await findMatches(task, services.connect(task.service.url), services.ledger);
  if (matches.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('The service shows no task with this prompt and time.'),
    );
    return;
  }
  const chosen = await showPick({
    title: vscode.l10n.t('Jimeng: {0}', oneLine(task.request.prompt)),
    placeholder: vscode.l10n.t("Which one is it? The list may hold other people's tasks"),
    items: () =>
      matches.map(match => ({
        label: match.serviceTaskId,
        description: [
          match.status,
          match.model ?? '',
          match.createdAt === undefined ? '' : age(Date.now() - match.createdAt),
        ]
          .filter(text => text !== '')
          .join(' · '),
        match,
      })),
  });
  if (chosen)
    await services.queue.command({
      type: 'adopt',
      id: task.id,
      serviceTaskId: chosen.match.serviceTaskId,
    });
}

/** Pictures that wait in a local folder, because no window had theirs open. */
async function saveKept(task: Task, { services }: Deps): Promise<void> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: vscode.l10n.t('Save Here'),
    })) ?? [];
  if (folder) await moveKept(task, folder, services.ledger);
}

/** Removes finished tasks from the view; what would be lost with them is confirmed. */
async function clearFinished({ services: { ledger } }: Deps): Promise<void> {
  const finished = (await ledger.all()).filter(isFinal);
  const open = finished.filter(
    ({ state: { status } }) =>
      status === 'partial' || status === 'uncertain' || status === 'detached',
  );
  if (open.length > 0) {
    const clear = vscode.l10n.t('Clear Finished');
    const detail = open
      .slice(0, 5)
      .map(task => `${oneLine(task.request.prompt)}: ${statusText(task)}`)
      .join('\n');
    if (
      (await vscode.window.showWarningMessage(
        vscode.l10n.t('Some tasks still have results to fetch. Clear them anyway?'),
        { modal: true, detail },
        clear,
      )) !== clear
    )
      return;
  }
  for (const { id } of finished) await ledger.remove(id);
}

/** Shows only tasks with the text that is typed. */
export async function filterTasks(view: TasksView): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Jimeng: Filter Tasks'),
    placeHolder: vscode.l10n.t('Text of the prompt, or a model'),
  });
  if (text !== undefined) view.filter(text);
}
