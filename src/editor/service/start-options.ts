import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { errorCode } from '../../core/system/files.ts';
import {
  composeFile,
  composeFileName,
  composeLine,
  portOf,
  stockLine,
} from '../../core/service/docker.ts';
import { JimengError } from '../../core/service/failures/failures.ts';
import { settings } from '../platform/settings.ts';

/** The ways to get a service. */
export type StartOption = 'stock' | 'compose' | 'demo' | 'address';

export interface StartOptionEntry extends vscode.QuickPickItem {
  option: StartOption;
}

export function startOptions(): StartOptionEntry[] {
  return [
    {
      option: 'stock',
      label: `$(terminal) ${vscode.l10n.t('Start with Docker')}`,
      detail: vscode.l10n.t(
        'The stock image, ready to use. Puts the command in a terminal; press Enter there',
      ),
    },
    {
      option: 'compose',
      label: `$(layers) ${vscode.l10n.t('Start the Task Service with Redis')}`,
      detail: vscode.l10n.t('Tasks survive restarts. Saves a compose file that you can keep'),
    },
    {
      option: 'demo',
      label: `$(beaker) ${vscode.l10n.t('Use the Demo Service')}`,
      detail: vscode.l10n.t('Draws pictures itself on this machine: no session ID, no credits'),
    },
    {
      option: 'address',
      label: `$(globe) ${vscode.l10n.t('Set Address')}`,
      detail: vscode.l10n.t('The service is somewhere else'),
    },
  ];
}

/** Puts the command that starts the stock service into a terminal; the person reads it and presses Enter. */
export function startStock(): void {
  putIntoTerminal(stockLine(portOf(settings.apiUrl)));
}

/**
 * Saves the compose file into a folder that the person chooses, and puts the command that starts it into a terminal
 * there. An existing file is the person's own and is used as it is. False if the person cancels. Throws JimengError
 * (`folderNotWritable`).
 */
export async function startCompose(): Promise<boolean> {
  const defaultUri = vscode.workspace.workspaceFolders?.[0]?.uri;
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Where to keep {0}', composeFileName),
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: vscode.l10n.t('Save Here'),
      ...(defaultUri && { defaultUri }),
    })) ?? [];
  if (!folder) return false;
  const file = vscode.Uri.joinPath(folder, composeFileName);
  if (!(await create(file, composeFile(portOf(settings.apiUrl)))))
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} already exists and is used as it is.', composeFileName),
    );

  await vscode.window.showTextDocument(file);
  putIntoTerminal(composeLine, folder);
  return true;
}

/** Writes a new file. False if there is already one. */
async function create(file: vscode.Uri, text: string): Promise<boolean> {
  try {
    if (file.scheme === 'file') {
      await writeFile(file.fsPath, text, { flag: 'wx' });
    } else {
      // There is no exclusive create.
      if (
        await vscode.workspace.fs.stat(file).then(
          () => true,
          () => false,
        )
      )
        return false;
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw new JimengError(
      { kind: 'folderNotWritable', detail: errorCode(error) ?? String(error) },
      { cause: error },
    );
  }
}

function putIntoTerminal(line: string, cwd?: vscode.Uri): void {
  const terminal = vscode.window.createTerminal({ name: 'jimeng-api', ...(cwd && { cwd }) });
  terminal.show();
  terminal.sendText(line, false);
}
