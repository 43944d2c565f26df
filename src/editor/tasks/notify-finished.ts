import * as vscode from 'vscode';
import type { PageTarget } from '../../core/request/schema.ts';
import { failureOf, type FinalTask } from '../../core/queue/task.ts';
import { openTargetOf } from '../../core/queue/transitions.ts';
import { joinSentences, textOf } from '../../core/service/failures/failures.ts';
import { oneLine, results } from './task-texts.ts';
import { uriOf } from '../platform/files.ts';

/** Says that a request's outcome is unknown, and offers the next steps. */
export async function notifyUncertain(task: FinalTask): Promise<void> {
  const choices = [
    ...(task.mode === 'async'
      ? [{ title: vscode.l10n.t('Find at the Service'), command: 'jimeng.findAtService' }]
      : []),
    { title: vscode.l10n.t('Send Again (may charge twice)'), command: 'jimeng.runAgain' },
    { title: vscode.l10n.t('Forget'), command: 'jimeng.removeTask' },
  ];
  const failure = failureOf(task);
  const chosen = await vscode.window.showWarningMessage(
    joinSentences(oneLine(task.request.prompt), failure ? textOf(failure) : ''),
    ...choices,
  );
  if (chosen) await vscode.commands.executeCommand(chosen.command, { task });
}

/** Says that pictures are saved, and offers the next steps. Nothing is opened unasked. */
export async function notifyFinished(task: FinalTask): Promise<void> {
  if (!('files' in task.state)) return;
  const { files } = task.state;
  const { service } = task;
  const target = openTargetOf(task);
  if (target) return askForChoice(task, files.length, target);
  const missing = task.state.status === 'partial' ? task.state.missing : [];
  const folder = vscode.workspace.asRelativePath(vscode.Uri.parse(task.folder));
  const saved = service.demo
    ? vscode.l10n.t(
        '{0} saved in {1}, made by the demo service, not by Jimeng.',
        results([task], files.length),
        folder,
      )
    : vscode.l10n.t('{0} saved in {1}.', results([task], files.length), folder);
  const [reveal, open, insert, copy, fetch] = [
    vscode.l10n.t('Show in Explorer'),
    vscode.l10n.t('Open'),
    vscode.l10n.t('Insert into Editor'),
    vscode.l10n.t('Copy Paths'),
    vscode.l10n.t('Fetch Missing Results'),
  ];
  const buttons = files.length > 0 ? [reveal, open, insert, copy] : [];
  const [first] = missing;
  const chosen = first
    ? await vscode.window.showWarningMessage(
        joinSentences(
          saved,
          vscode.l10n.t('Missing: {0}.', results([task], missing.length)),
          textOf(first.failure),
        ),
        ...(first.failure.kind === 'linkExpired' ? [] : [fetch]),
        ...buttons,
      )
    : await vscode.window.showInformationMessage(saved, ...buttons);
  switch (chosen) {
    case fetch:
      await vscode.commands.executeCommand('jimeng.fetchMissing', { task });
      break;
    case insert:
      await vscode.commands.executeCommand('jimeng.insertPicture', { task });
      break;
    case reveal:
      for (const file of files.slice(0, 1))
        await vscode.commands.executeCommand('revealInExplorer', uriOf(file));
      break;
    case open:
      for (const file of files)
        await vscode.commands.executeCommand('vscode.open', uriOf(file), { preview: false });
      break;
    case copy:
      await vscode.env.clipboard.writeText(files.map(({ path }) => path).join('\n'));
      break;
  }
}

/**
 * A single picture becomes the page's file at once; of several the person chooses one, now or later in the Tasks view.
 */
async function askForChoice(task: FinalTask, count: number, { uri }: PageTarget): Promise<void> {
  const choose = vscode.l10n.t('Choose…');
  const text = vscode.l10n.t(
    '{0} saved. Which one should be {1}?',
    results([task], count),
    vscode.workspace.asRelativePath(vscode.Uri.parse(uri)),
  );
  const demo = task.service.demo
    ? vscode.l10n.t('They were made by the demo service, not by Jimeng.')
    : '';
  const chosen =
    count === 1
      ? choose
      : await vscode.window.showInformationMessage(joinSentences(text, demo), choose);
  if (chosen === choose) await vscode.commands.executeCommand('jimeng.choosePicture', { task });
}
