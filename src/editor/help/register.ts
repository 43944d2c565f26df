import * as vscode from 'vscode';
import type { FeatureContext } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';
import { ownExtension } from '../platform/own-extension.ts';

/** The walkthrough, the diagnosis and the log. */
export function registerHelp({ context, deps, log }: FeatureContext): Disposables {
  const owned = new Disposables();
  owned.command('getStarted', getStarted);
  owned.command('openAgentsHelp', () => openAgentsHelp(context.extensionUri));
  owned.command('diagnose', async () => (await import('./diagnose.ts')).diagnose(await deps()));
  owned.command('showLog', () => log.show());
  return owned;
}

/** "Get Started": the walkthrough of the manifest. It never opens unasked. */
async function getStarted(): Promise<void> {
  await vscode.commands.executeCommand(
    'workbench.action.openWalkthrough',
    `${ownExtension()?.id ?? ''}#start`,
    false,
  );
}

/** What agents can do with the extension: the README's chapter; the packaged file's name is in lower case. */
async function openAgentsHelp(extension: vscode.Uri): Promise<void> {
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
