import * as vscode from 'vscode';
import type { GalleryCommand } from '../../core/gallery/protocol.ts';

/** More editors than these are not opened at once. */
const MAX_EDITORS = 10;

/** Runs a command of the editor for files of the gallery. */
export async function runGalleryCommand(
  name: GalleryCommand,
  files: readonly vscode.Uri[],
): Promise<void> {
  const [first] = files;
  if (first) await commands[name](first, files);
}

const run = (id: string) => (first: vscode.Uri, files: readonly vscode.Uri[]) =>
  vscode.commands.executeCommand(id, first, files);

const commands: Record<
  GalleryCommand,
  (first: vscode.Uri, files: readonly vscode.Uri[]) => Thenable<unknown>
> = {
  open: async (_, files) => {
    for (const file of files.slice(0, MAX_EDITORS))
      await vscode.commands.executeCommand('vscode.open', file, { preview: files.length === 1 });
  },
  reveal: first =>
    vscode.commands.executeCommand(
      vscode.workspace.getWorkspaceFolder(first) ? 'revealInExplorer' : 'revealFileInOS',
      first,
    ),
  insert: run('jimeng.insertPicture'),
  insertForWeb: run('jimeng.insertForWeb'),
  transform: run('jimeng.transformImage'),
  video: run('jimeng.videoFromThis'),
  runAgain: run('jimeng.runFromPicture'),
  showSettings: run('jimeng.showSettings'),
  copyPath: (_, files) =>
    vscode.env.clipboard.writeText(
      files.map(file => (file.scheme === 'file' ? file.fsPath : file.toString())).join('\n'),
    ),
};
