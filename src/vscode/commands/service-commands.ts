import * as vscode from 'vscode';
import { reportError } from '../report.ts';
import type { Deps } from '../deps.ts';
import { reachService } from '../service-address.ts';
import { askForSession } from './session-commands.ts';

/** Asks the site for the account's credits. Only on demand: frequent calls trigger risk control. */
export async function checkCredits(deps: Deps): Promise<void> {
  try {
    const service = await reachService(deps);
    const session = service?.embedded ? deps.demo.session : service && (await deps.sessions.get() ?? await askForSession(deps));
    if (!service || !session) { return; }
    const credits = await deps.services.connect(service.url, session).credits();
    void vscode.window.showInformationMessage(service.about.demo
      ? vscode.l10n.t('The demo service pretends that the account has {0} credits.', credits)
      : vscode.l10n.t('The account {0} has {1} credits.', session.masked, credits));
  } catch (error) {
    await reportError(error, deps.log);
  }
}

/** Pictures are drawn by a demo on this machine from now on, until it is turned off. */
export async function useDemo({ demo }: Deps): Promise<void> {
  await demo.turnOn();
  void vscode.window.showInformationMessage(vscode.l10n.t('The demo service is in use: it draws the pictures itself, and spends no credits.'));
}

export async function stopDemo({ demo }: Deps): Promise<void> {
  await demo.turnOff();
}
