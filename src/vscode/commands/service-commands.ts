import * as vscode from 'vscode';
import { JimengError } from '../../core/service/failures.ts';
import { parseServiceAddress } from '../../core/service/address.ts';
import { reportError } from '../report.ts';
import { settings } from '../settings.ts';
import { askForSession } from './session-commands.ts';
import type { GenerateDeps } from './generate-image.ts';

/** The stock service, reachable from this machine only. */
const docker = 'docker run -d --name jimeng-api -p 127.0.0.1:5100:5100 ghcr.io/iptag/jimeng-api:latest';

/** Puts the line that starts the service into a terminal; the person reads it and presses Enter. */
export function startService(): void {
  const terminal = vscode.window.createTerminal({ name: 'jimeng-api' });
  terminal.show();
  terminal.sendText(docker, false);
}

/** Asks the site for the account's credits. Only on demand: frequent calls trigger risk control. */
export async function checkCredits({ services, sessions, log }: GenerateDeps): Promise<void> {
  try {
    const session = await sessions.get() ?? await askForSession(sessions);
    if (!session) { return; }
    const parsed = parseServiceAddress(settings.apiUrl);
    if (!parsed.ok) { throw new JimengError({ kind: 'badAddress', detail: parsed.reason }); }
    const credits = await services.connect(parsed.address.url, session).credits();
    void vscode.window.showInformationMessage(vscode.l10n.t('The account {0} has {1} credits.', session.masked, credits));
  } catch (error) {
    await reportError(error, log);
  }
}
