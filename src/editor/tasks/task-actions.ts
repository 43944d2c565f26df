import * as vscode from 'vscode';
import { isFinal } from '../../core/queue/transitions.ts';
import {
  canCancel,
  canStopWatching,
  canWatchAgain,
  serviceTaskIdOf,
  type Task,
} from '../../core/queue/task.ts';
import { findMatches } from '../../core/queue/resume.ts';
import type { Command } from '../../core/queue/commands.ts';
import type { Deps } from '../platform/deps.ts';
import { moveKept } from './kept-pictures.ts';
import { reportError } from '../platform/show-failure.ts';
import { submit } from '../generate/submit.ts';
import { age, oneLine, statusText } from './task-texts.ts';
import { picturesOf } from './view/nodes.ts';
import type { TasksView } from './view/view.ts';
import { uriOf } from '../platform/files.ts';
import { showPick } from '../generate/wizard/step.ts';

/** Ends the watch over what the service already works on. */
export async function stopWatching(tasks: readonly Task[], deps: Deps): Promise<void> {
  await commandAll(tasks.filter(canStopWatching), ({ id }) => ({ type: 'stopWatching', id }), deps);
}

export async function watchAgain(tasks: readonly Task[], deps: Deps): Promise<void> {
  await commandAll(tasks.filter(canWatchAgain), ({ id }) => ({ type: 'watchAgain', id }), deps);
}

/** By the service's id of each task, where it has one. */
export async function copyTaskIds(tasks: readonly Task[]): Promise<void> {
  const ids = tasks.map(task => serviceTaskIdOf(task) ?? task.id);
  await vscode.env.clipboard.writeText(ids.join('\n'));
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
export async function runAgain(tasks: Task[], deps: Deps): Promise<void> {
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
export async function findAtService(task: Task, { services }: Deps): Promise<void> {
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
export async function saveKept(task: Task, { services }: Deps): Promise<void> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: vscode.l10n.t('Save Here'),
    })) ?? [];
  if (folder) await moveKept(task, folder, services.ledger);
}

/** Removes finished tasks from the view; what would be lost with them is confirmed. */
export async function clearFinished({ services: { ledger } }: Deps): Promise<void> {
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
