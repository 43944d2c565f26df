import * as vscode from 'vscode';
import { ownExtension } from '../platform/versions.ts';

/** "Get Started": the walkthrough of the manifest. It never opens by itself. */
export async function getStarted(): Promise<void> {
  await vscode.commands.executeCommand(
    'workbench.action.openWalkthrough',
    `${ownExtension()?.id ?? ''}#start`,
    false,
  );
}

/** What agents can do with the extension: the chapter of the README, which has small letters where it was packaged. */
export async function openAgentsHelp(extension: vscode.Uri): Promise<void> {
  const names = [
    ...(/^zh/i.test(vscode.env.language) ? ['README.zh-CN.md'] : []),
    'README.md',
    'readme.md',
  ];
  for (const name of names) {
    const file = vscode.Uri.joinPath(extension, name);
    if (
      !(await vscode.workspace.fs.stat(file).then(
        () => true,
        () => false,
      ))
    )
      continue;
    await vscode.commands.executeCommand('markdown.showPreview', file.with({ fragment: 'agents' }));
    return;
  }
}
