import { delimiter } from 'node:path';
import * as vscode from 'vscode';

/**
 * Puts `jimeng` on the PATH of this window's terminals, run by the editor's own Node. Not where the terminals run on
 * another machine than this extension does. The session ID is not handed on: any program in a terminal could read it.
 */
export function offerCommand({
  environmentVariableCollection: environment,
  extension,
  extensionUri,
}: vscode.ExtensionContext): void {
  environment.clear();
  if (vscode.env.remoteName !== undefined && extension.extensionKind === vscode.ExtensionKind.UI)
    return;
  environment.description = vscode.l10n.t('The command "jimeng"');
  environment.prepend(
    'PATH',
    `${vscode.Uri.joinPath(extensionUri, 'dist', 'bin').fsPath}${delimiter}`,
  );
  environment.replace('JIMENG_NODE', process.execPath);
}
