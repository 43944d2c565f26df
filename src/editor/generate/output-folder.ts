import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { failed, type Finding } from '../../core/doctor/finding.ts';
import { writableFinding } from '../../core/doctor/folder.ts';
import { errorCode } from '../../core/system/files.ts';
import { isBelow, realOf } from '../../core/system/inside.ts';
import type { PageTarget } from '../../core/request/schema.ts';
import { JimengError } from '../../core/service/failures/failures.ts';
import { settings } from '../platform/settings.ts';

/**
 * The folder for pictures: `jimeng.outputDirectory` in the workspace folder of the active editor, or in one that the
 * person picks. A folder outside the workspace, by its path or through a link, is confirmed once. Undefined if there is
 * no workspace, which is reported, or if the person cancels. Throws JimengError if it cannot be written.
 */
export async function chooseOutputFolder(memory: vscode.Memento): Promise<vscode.Uri | undefined> {
  const workspace = await chooseWorkspaceFolder();
  if (!workspace) return undefined;
  await assertReachable(workspace);
  const folder = folderOf(workspace);
  const detail = (path: string) =>
    vscode.l10n.t(
      '{0} is outside the workspace folder. It comes from the setting "jimeng.outputDirectory", or from a link in the workspace.',
      path,
    );
  return (await isAllowed(folder, workspace, detail, memory)) ? folder : undefined;
}

/** The folder of a file that a page shows; as above. */
export async function folderOfTarget(
  { uri }: PageTarget,
  memory: vscode.Memento,
): Promise<vscode.Uri | undefined> {
  const file = vscode.Uri.parse(uri);
  const workspace = vscode.workspace.getWorkspaceFolder(file);
  if (!workspace)
    throw new JimengError({
      kind: 'folderUnreachable',
      detail: vscode.l10n.t('The file {0} belongs to another window.', file.fsPath),
    });
  await assertReachable(workspace);
  return (await mayWriteNextTo(file, memory)) ? vscode.Uri.joinPath(file, '..') : undefined;
}

/**
 * Whether a file may be created next to this one: a file in the workspace may be behind a link that leads out of it,
 * which is confirmed once. A file that the person opened from elsewhere is their choice. Throws JimengError.
 */
export async function mayWriteNextTo(file: vscode.Uri, memory: vscode.Memento): Promise<boolean> {
  const workspace = vscode.workspace.getWorkspaceFolder(file);
  const folder = vscode.Uri.joinPath(file, '..');
  return (
    !workspace ||
    isAllowed(
      folder,
      workspace,
      path => vscode.l10n.t('{0} leads outside the workspace folder.', path),
      memory,
    )
  );
}

/** Within the workspace, or confirmed. */
async function isAllowed(
  folder: vscode.Uri,
  workspace: vscode.WorkspaceFolder,
  detail: (folder: string) => string,
  memory: vscode.Memento,
): Promise<boolean> {
  if (await mayBeUsed(folder, workspace, memory)) return true;
  const real = await realPath(folder);
  const shown = real === folder.fsPath ? real : `${folder.fsPath} → ${real}`;
  const allow = vscode.l10n.t('Save There');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Save pictures outside the workspace?'),
    { modal: true, detail: detail(shown) },
    allow,
  );
  if (answer !== allow) return false;
  await memory.update(confirmed(folder), real);
  return true;
}

/** The folder that the setting names in a workspace folder. */
export function folderOf({ uri }: vscode.WorkspaceFolder): vscode.Uri {
  const wanted = settings.outputDirectory(uri);
  return isAbsolute(wanted)
    ? uri.with({ path: vscode.Uri.file(wanted).path })
    : vscode.Uri.joinPath(uri, wanted);
}

/** Whether pictures could be saved in the current folder. Asks nothing. */
export async function outputFolderFinding(memory: vscode.Memento): Promise<Finding> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const workspace =
    (active && vscode.workspace.getWorkspaceFolder(active)) ||
    vscode.workspace.workspaceFolders?.[0];
  if (!workspace)
    return {
      kind: 'folder',
      level: 'note',
      sentence: vscode.l10n.t('No folder is open to save pictures in.'),
      fix: 'openFolder',
    };
  const folder = folderOf(workspace);
  try {
    await assertReachable(workspace);
    if (!(await mayBeUsed(folder, workspace, memory)))
      return {
        kind: 'folder',
        level: 'note',
        sentence: vscode.l10n.t(
          '{0} is outside the workspace folder. You are asked before pictures are saved there.',
          folder.fsPath,
        ),
      };
  } catch (error) {
    if (error instanceof JimengError) return failed('folder', error.failure);
    throw error;
  }
  return writableFinding(
    vscode.workspace.asRelativePath(folder, true),
    folder.scheme === 'file' ? folder.fsPath : undefined,
  );
}

/**
 * Whether a folder is inside the workspace folder, or was confirmed with its current target: a link may be changed later.
 * Throws JimengError if nothing can ever be saved.
 */
export async function mayBeUsed(
  folder: vscode.Uri,
  { uri }: vscode.WorkspaceFolder,
  memory: vscode.Memento,
): Promise<boolean> {
  const [real, root] = await Promise.all([realPath(folder), realPath(uri)]);
  return isBelow(real, root) || memory.get(confirmed(folder)) === real;
}

/** With links resolved on a local disk; elsewhere links cannot be known. Throws JimengError. */
async function realPath({ scheme, fsPath, path }: vscode.Uri): Promise<string> {
  if (scheme !== 'file') return path;
  try {
    return await realOf(fsPath);
  } catch (error) {
    const reason =
      errorCode(error) === 'ENOENT'
        ? vscode.l10n.t('{0} is a broken link.', fsPath)
        : errorCode(error);
    throw new JimengError(
      { kind: 'folderNotWritable', ...(reason !== undefined && { detail: reason }) },
      { cause: error },
    );
  }
}

const confirmed = (folder: vscode.Uri) => `confirmedFolder:${folder.toString()}`;

async function chooseWorkspaceFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    const open = vscode.l10n.t('Open Folder');
    const answer = await vscode.window.showErrorMessage(
      vscode.l10n.t('Open a folder first: pictures are saved into its "pic" folder.'),
      open,
    );
    if (answer === open) await vscode.commands.executeCommand('vscode.openFolder');
    return undefined;
  }
  if (folders.length === 1) return folders[0];
  const active = vscode.window.activeTextEditor?.document.uri;
  return (
    (active && vscode.workspace.getWorkspaceFolder(active)) ||
    vscode.window.showWorkspaceFolderPick({
      placeHolder: vscode.l10n.t('Which folder are the pictures for?'),
    })
  );
}

/** What can never be saved is not paid for. Throws JimengError (`folderUnreachable`). */
export async function assertReachable({ uri, name }: vscode.WorkspaceFolder): Promise<void> {
  const refuse = (reason: string) => {
    throw new JimengError({ kind: 'folderUnreachable', detail: reason });
  };
  if (vscode.workspace.fs.isWritableFileSystem(uri.scheme) === false)
    refuse(
      vscode.l10n.t('The folder "{0}" is read-only, so pictures cannot be saved there.', name),
    );

  await vscode.workspace.fs.stat(uri).then(undefined, () => {
    refuse(
      vscode.l10n.t(
        'The folder "{0}" cannot be reached from this window, so pictures cannot be saved there.',
        name,
      ),
    );
  });
}
