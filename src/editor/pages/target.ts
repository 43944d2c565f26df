import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { makeFolder, retryBusy } from '../../core/system/files.ts';
import { linkExclusively } from '../../core/output/write-whole.ts';
import { type SavedPicture, type Task } from '../../core/queue/task.ts';
import { openTargetOf } from '../../core/queue/transitions.ts';
import type { Ledger } from '../../core/queue/store.ts';
import { uriOf } from '../platform/files.ts';
import { pickPicture } from './pick-picture.ts';

/** Whether a task of this window's folders is still waiting for a choice. */
export function awaitsChoice(task: Task): boolean {
  const target = openTargetOf(task);
  return (
    target !== undefined &&
    vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(target.uri)) !== undefined
  );
}

/**
 * Asks which of a task's pictures should become the file that a page shows, with a preview of the active one, and puts it
 * there. A single picture is not asked about. Throws the file system's error.
 */
export async function choosePicture(task: Task, ledger: Ledger): Promise<void> {
  const target = openTargetOf(task);
  if (!target || !('files' in task.state)) return;
  const uri = vscode.Uri.parse(target.uri);
  const name = vscode.workspace.asRelativePath(uri);
  const [first, ...more] = task.state.files;
  const chosen = first && more.length === 0 ? first : await ask(task.state.files, name);
  if (!chosen) return;
  const latest = await ledger.get(task.id); // another window may have been faster
  if (!latest || !openTargetOf(latest)) return;
  if (chosen === 'none') {
    await settle(latest, ledger);
    return;
  }
  if (!(await put(chosen, uri))) {
    await settle(latest, ledger);
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        '{0} already exists and was not overwritten. The new pictures are next to it.',
        name,
      ),
    );
    return;
  }
  await settle(latest, ledger, {
    ...chosen,
    path: uri.scheme === 'file' ? uri.fsPath : uri.toString(),
  });
  if (uri.scheme === 'file') await retryBusy(() => rm(uriOf(chosen).fsPath, { force: true })); // its first name; the new one is only recorded now
  const show = vscode.l10n.t('Show in Explorer');
  const text =
    more.length === 0
      ? vscode.l10n.t('{0} is saved for the page.', name)
      : vscode.l10n.t('{0} is saved for the page; the other pictures are next to it.', name);
  if ((await vscode.window.showInformationMessage(text, show)) === show)
    await vscode.commands.executeCommand('revealInExplorer', uri);
}

/** Undefined if the person postpones it. */
async function ask(
  pictures: readonly SavedPicture[],
  name: string,
): Promise<SavedPicture | 'none' | undefined> {
  const chosen = await pickPicture(
    pictures,
    {
      title: vscode.l10n.t('Jimeng: {0}', name),
      placeholder: vscode.l10n.t('Which picture should be {0}?', name),
    },
    [
      {
        label: `$(circle-slash) ${vscode.l10n.t('None of Them')}`,
        description: vscode.l10n.t('keeps the pictures as they are; {0} stays missing', name),
      },
    ],
  );
  return chosen && (chosen.picture ?? 'none');
}

/** False if the name is taken. */
async function put(picture: SavedPicture, target: vscode.Uri): Promise<boolean> {
  const source = uriOf(picture);
  if (source.scheme === 'file' && target.scheme === 'file') {
    await makeFolder(dirname(target.fsPath));
    return linkExclusively(source.fsPath, target.fsPath);
  }
  try {
    await vscode.workspace.fs.rename(source, target, { overwrite: false });
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileExists') return false;
    throw error;
  }
}

/** The choice is made or dropped: it is not asked again. */
async function settle(task: Task, ledger: Ledger, placed?: SavedPicture): Promise<void> {
  if (task.request.kind !== 'image' || !('files' in task.state)) return;
  const { target, ...request } = task.request;
  const files = task.state.files.map(file => (file.index === placed?.index ? placed : file));
  await ledger.put({
    ...task,
    request,
    state: { ...task.state, files },
    updatedAt: Math.max(Date.now(), task.updatedAt + 1),
  });
}
