import * as vscode from 'vscode';
import { ownExtension } from '../versions.ts';

/** "Get Started": the walkthrough of the manifest. It never opens by itself. */
export async function getStarted(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${ownExtension()?.id ?? ''}#start`, false);
}

/** What agents can do with the extension: the chapter of the README. */
export async function openAgentsHelp(extension: vscode.Uri): Promise<void> {
  const chinese = vscode.Uri.joinPath(extension, 'README.zh-CN.md');
  const english = vscode.Uri.joinPath(extension, 'README.md');
  const translated = /^zh/i.test(vscode.env.language) && await vscode.workspace.fs.stat(chinese).then(() => true, () => false);
  await vscode.commands.executeCommand('markdown.showPreview', (translated ? chinese : english).with({ fragment: 'agents' }));
}
