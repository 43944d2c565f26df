import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import type { FeatureContext } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';

/** The service that makes the pictures, the demo, and the command `jimeng` in terminals. */
export function registerService({ context, deps }: FeatureContext): Disposables {
  offerTerminalCommand(context);
  const owned = new Disposables();
  const service = () => import('./service-commands.ts');
  owned.command('startService', async () => (await service()).startService(await deps()));
  owned.command('checkService', async () => (await service()).checkService(await deps()));
  owned.command('setAddress', async () => (await service()).changeAddress(await deps()));
  owned.command('useDemo', async () => (await service()).useDemo(await deps()));
  owned.command('stopDemo', async () => (await service()).stopDemo(await deps()));
  return owned;
}

/**
 * Puts `jimeng` on the PATH of this window's terminals, run by the editor's own Node, unless the terminals run on another
 * machine than this extension. The session ID is not passed on: any program in a terminal could read it.
 */
function offerTerminalCommand({
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
