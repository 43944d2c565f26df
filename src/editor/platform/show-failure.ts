import * as vscode from 'vscode';
import type { Action } from '../../core/service/failures/row.ts';
import {
  describe,
  JimengError,
  joinSentences,
  textOf,
} from '../../core/service/failures/failures.ts';
import type { GenerationRequest } from '../../core/request/schema.ts';
import type { Failure } from '../../core/service/failures/table.ts';
import { versions } from './own-extension.ts';

export interface Button {
  title: string;
  run: () => Thenable<unknown>;
}

/** The button of an action, for a failure or a finding; `choicesFor` has those that need the request. */
const buttons: Partial<Record<Action, { title: () => string; run: () => Thenable<unknown> }>> = {
  updateSessionId: {
    title: () => vscode.l10n.t('Update Session ID'),
    run: () => vscode.commands.executeCommand('jimeng.setSessionId'),
  },
  claimCredits: {
    title: () => vscode.l10n.t('Claim Daily Credits'),
    run: () => vscode.commands.executeCommand('jimeng.claimCredits'),
  },
  openSite: {
    title: () => vscode.l10n.t('Open Site'),
    run: () => vscode.commands.executeCommand('jimeng.openSite'),
  },
  diagnose: {
    title: () => vscode.l10n.t('Diagnose'),
    run: () => vscode.commands.executeCommand('jimeng.diagnose'),
  },
  stopDemo: {
    title: () => vscode.l10n.t('Stop Using It'),
    run: () => vscode.commands.executeCommand('jimeng.stopDemo'),
  },
  startService: {
    title: () => vscode.l10n.t('Start Service'),
    run: () => vscode.commands.executeCommand('jimeng.startService'),
  },
  setAddress: {
    title: () => vscode.l10n.t('Set Address'),
    run: () => vscode.commands.executeCommand('jimeng.setAddress'),
  },
  setProxy: {
    title: () => vscode.l10n.t('Set Proxy'),
    run: () => vscode.commands.executeCommand('workbench.action.openSettings', 'http.proxy'),
  },
  chooseFolder: {
    title: () => vscode.l10n.t('Set Folder'),
    run: () =>
      vscode.commands.executeCommand('workbench.action.openSettings', 'jimeng.outputDirectory'),
  },
  openFolder: {
    title: () => vscode.l10n.t('Open Folder'),
    run: () => vscode.commands.executeCommand('vscode.openFolder'),
  },
  webhookSettings: {
    title: () => vscode.l10n.t('Open Settings'),
    run: () => vscode.commands.executeCommand('workbench.action.openSettings', 'jimeng.webhook'),
  },
  showLog: {
    title: () => vscode.l10n.t('Show Log'),
    run: () => vscode.commands.executeCommand('jimeng.showLog'),
  },
};

/** The button of an action that needs no request. */
export function buttonOf(action: Action | undefined): Button | undefined {
  const button = action && buttons[action];
  return button && { title: button.title(), run: button.run };
}

/** The failed request, for buttons that offer it again. */
export interface Again {
  request: GenerationRequest;
  /** Opens the prefilled wizard. */
  edit: (request: GenerationRequest) => Thenable<unknown>;
}

/** Shows a failure with its button, and runs what is pressed. */
export async function reportFailure(failure: Failure, again?: Again, more = ''): Promise<void> {
  const choices = choicesFor(failure, again);
  const chosen = await vscode.window.showErrorMessage(
    joinSentences(textOf(failure), more),
    ...choices.map(({ title }) => title),
  );
  await choices.find(({ title }) => title === chosen)?.run();
}

/** Shows an error; a cancel is silent, and an unexpected error is logged with its stack. */
export async function reportError(
  error: unknown,
  log: vscode.LogOutputChannel,
  again?: Again,
): Promise<void> {
  if (
    error instanceof vscode.CancellationError ||
    (error instanceof Error && error.name === 'AbortError')
  )
    return;
  if (error instanceof JimengError) return reportFailure(error.failure, again);
  log.error(error instanceof Error ? error : String(error));
  await reportFailure({
    kind: 'unexpected',
    detail: error instanceof Error ? error.message : String(error),
  });
}

function choicesFor(failure: Failure, again: Again | undefined): Button[] {
  const { action, report } = describe(failure);
  const choices: Button[] = [];
  const add = (title: string, run: () => Thenable<unknown>) => choices.push({ title, run });
  const button = buttonOf(action);
  if (button) choices.push(button);
  if (failure.kind === 'serviceDown')
    add(vscode.l10n.t('Set Address'), () => vscode.commands.executeCommand('jimeng.setAddress'));
  if (again) {
    const { request, edit } = again;
    if (action === 'editPrompt') add(vscode.l10n.t('Edit Prompt'), () => edit(request));
    if (action === 'chooseModel') add(vscode.l10n.t('Choose Another Model'), () => edit(request));
    if (action === 'runAgain') add(vscode.l10n.t('Run Again…'), () => edit(request));
    if ((action === 'lowerResolution' || action === 'claimCredits') && request.resolution === '4k')
      add(vscode.l10n.t('Try 2k'), () => edit({ ...request, resolution: '2k' }));
  }
  if (report)
    add(vscode.l10n.t('Copy Report'), () =>
      vscode.env.clipboard.writeText(
        JSON.stringify({ failure, text: textOf(failure), versions: versions() }, null, 2),
      ),
    );

  return choices;
}
