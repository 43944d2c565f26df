import * as vscode from 'vscode';
import { describe, JimengError, joinSentences, textOf, type Action } from '../core/service/failures.ts';
import type { GenerationRequest } from '../core/request.ts';
import type { Failure } from '../core/task.ts';

/** What a failure's button runs, and what stands on it. */
const buttons: Partial<Record<Action, { title: () => string; run: () => Thenable<unknown> }>> = {
  updateSessionId: { title: () => vscode.l10n.t('Update Session ID'), run: () => vscode.commands.executeCommand('jimeng.setSessionId') },
  checkCredits: { title: () => vscode.l10n.t('Check Credits'), run: () => vscode.commands.executeCommand('jimeng.checkCredits') },
  startService: { title: () => vscode.l10n.t('Start with Docker'), run: () => vscode.commands.executeCommand('jimeng.startService') },
  setAddress: { title: () => vscode.l10n.t('Set Address'), run: () => vscode.commands.executeCommand('jimeng.setAddress') },
  setProxy: { title: () => vscode.l10n.t('Set Proxy'), run: () => vscode.commands.executeCommand('workbench.action.openSettings', 'http.proxy') },
  chooseFolder: { title: () => vscode.l10n.t('Set Folder'), run: () => vscode.commands.executeCommand('workbench.action.openSettings', 'jimeng.outputDirectory') },
  showLog: { title: () => vscode.l10n.t('Show Log'), run: () => vscode.commands.executeCommand('jimeng.showLog') },
};

/** The request that failed, for buttons that offer it again. */
export interface Again {
  request: GenerationRequest;
  /** Opens the wizard with a request filled in. */
  edit: (request: GenerationRequest) => Thenable<unknown>;
}

/** Tells a failure with its button, and runs what is pressed. */
export async function reportFailure(failure: Failure, again?: Again, more = ''): Promise<void> {
  const choices = choicesFor(failure, again);
  const chosen = await vscode.window.showErrorMessage(joinSentences(textOf(failure), more), ...choices.map(({ title }) => title));
  await choices.find(({ title }) => title === chosen)?.run();
}

/** Tells what went wrong; a cancel is silent, and what nobody foresaw goes to the log with its stack. */
export async function reportError(error: unknown, log: vscode.LogOutputChannel, again?: Again): Promise<void> {
  if (error instanceof vscode.CancellationError || error instanceof Error && error.name === 'AbortError') { return; }
  if (error instanceof JimengError) { return reportFailure(error.failure, again); }
  log.error(error instanceof Error ? error : String(error));
  await reportFailure({ kind: 'unexpected', detail: error instanceof Error ? error.message : String(error) });
}

function choicesFor(failure: Failure, again: Again | undefined): { title: string; run: () => Thenable<unknown> }[] {
  const { action } = describe(failure);
  const choices: { title: string; run: () => Thenable<unknown> }[] = [];
  const add = (title: string, run: () => Thenable<unknown>) => choices.push({ title, run });
  const button = action && buttons[action];
  if (button) { add(button.title(), button.run); }
  if (failure.kind === 'serviceDown') { add(vscode.l10n.t('Set Address'), () => vscode.commands.executeCommand('jimeng.setAddress')); }
  if (again) {
    const { request, edit } = again;
    if (action === 'editPrompt') { add(vscode.l10n.t('Edit Prompt'), () => edit(request)); }
    if (action === 'chooseModel') { add(vscode.l10n.t('Choose Another Model'), () => edit(request)); }
    if (action === 'runAgain') { add(vscode.l10n.t('Run Again…'), () => edit(request)); }
    if ((action === 'lowerResolution' || action === 'checkCredits') && request.resolution === '4k') {
      add(vscode.l10n.t('Try 2k'), () => edit({ ...request, resolution: '2k' }));
    }
  }
  if (action === 'copyReport') {
    add(vscode.l10n.t('Copy Report'), () => vscode.env.clipboard.writeText(JSON.stringify({ failure, text: textOf(failure), vscode: vscode.version }, null, 2)));
  }
  return choices;
}
