import * as vscode from 'vscode';
import { assertNever, type FinalTask, type SavedPicture } from '../core/task.ts';
import { joinSentences, textOf } from '../core/service/failures.ts';
import { reportFailure, type Again } from './report.ts';
import { pictures } from './task-texts.ts';

/** Tells once what became of a task, with what can be done next. Nothing is opened unasked. */
export async function tellFinished(task: FinalTask, edit: Again['edit']): Promise<void> {
  const again = { request: task.request, edit };
  switch (task.status) {
    case 'completed':
    case 'partly': return tellPictures(task);
    case 'failed': return reportFailure(task.failure, again);
    case 'lost': return reportFailure({ kind: 'taskNotFound' }, again);
    case 'uncertain': return reportFailure(task.failure ?? { kind: 'connectionLost' });
    case 'cancelled': return;
    default: return assertNever(task);
  }
}

async function tellPictures(task: Extract<FinalTask, { status: 'completed' | 'partly' }>): Promise<void> {
  const { files, service } = task;
  const missing = task.status === 'partly' ? task.missing : [];
  const folder = vscode.workspace.asRelativePath(vscode.Uri.parse(task.folder));
  const saved = service.demo
    ? vscode.l10n.t('{0} saved in {1}, drawn by the demo service, not by Jimeng.', pictures(files.length), folder)
    : vscode.l10n.t('{0} saved in {1}.', pictures(files.length), folder);
  const [reveal, open, copy] = [vscode.l10n.t('Show in Explorer'), vscode.l10n.t('Open'), vscode.l10n.t('Copy Paths')];
  const buttons = files.length > 0 ? [reveal, open, copy] : [];
  const [first] = missing;
  const chosen = first
    ? await vscode.window.showWarningMessage(joinSentences(saved, vscode.l10n.t('Missing: {0}.', pictures(missing.length)), textOf(first.failure)), ...buttons)
    : await vscode.window.showInformationMessage(saved, ...buttons);
  switch (chosen) {
    case reveal: await vscode.commands.executeCommand('revealInExplorer', uriOf(files[0])); break;
    case open: for (const file of files) { await vscode.commands.executeCommand('vscode.open', uriOf(file), { preview: false }); } break;
    case copy: await vscode.env.clipboard.writeText(files.map(({ path }) => path).join('\n')); break;
  }
}

/** The ledger has a path for what is on a local disk, and a URI for the rest. */
export function uriOf(file: SavedPicture | undefined): vscode.Uri {
  const path = file?.path ?? '';
  return /^[a-z][\w+.-]+:\/\//i.test(path) ? vscode.Uri.parse(path) : vscode.Uri.file(path);
}
