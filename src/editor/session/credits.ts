import * as vscode from 'vscode';
import type { Balance } from '../../core/session/balances.ts';
import type { JimengClient } from '../../core/service/client.ts';
import type { SessionId } from '../../core/session/session.ts';
import type { Deps } from '../platform/deps.ts';
import { reportError } from '../platform/show-failure.ts';
import { reachService } from '../service/service-in-use.ts';
import { askForSession } from './session-commands.ts';

/** "Check Credits": asks the site. On demand only: frequent calls trigger risk control. */
export async function checkCredits(deps: Deps): Promise<void> {
  await withAccount(deps, async ({ client, session, demo }) => {
    const credits = await client.account.credits();
    await noteCredits(session, credits, deps);
    return demo
      ? vscode.l10n.t('The demo service pretends that the account has {0} credits.', credits)
      : vscode.l10n.t('The account {0} has {1} credits.', session.masked, credits);
  });
}

/** "Claim Daily Credits": the site gives them only when none are left. */
export async function claimCredits(deps: Deps): Promise<void> {
  await withAccount(deps, async ({ client, session, demo }) => {
    const credits = await client.account.receiveCredits();
    await noteCredits(session, credits, deps);
    return demo
      ? vscode.l10n.t('The demo service pretends that the account has {0} credits.', credits)
      : vscode.l10n.t('The daily credits were claimed. Balance: {0}.', credits);
  });
}

/** The last balance that a person asked for; undefined where nobody did. */
export async function recallCredits(
  session: SessionId,
  { services: { balances, fingerprints } }: Pick<Deps, 'services'>,
): Promise<Balance | undefined> {
  return balances.recall(await fingerprints.of(session));
}

/** Remembers a balance of the site. */
export async function noteCredits(
  session: SessionId,
  credits: number,
  { services: { balances, fingerprints } }: Pick<Deps, 'services'>,
): Promise<void> {
  await balances.record(await fingerprints.of(session), { credits, at: Date.now() });
}

/** Does something with the account in use, and shows the result. */
async function withAccount(
  deps: Deps,
  work: (account: { client: JimengClient; session: SessionId; demo: boolean }) => Promise<string>,
): Promise<void> {
  try {
    const service = await reachService(deps);
    const session = service?.embedded
      ? deps.demo.session
      : service && ((await deps.sessions.get()) ?? (await askForSession(deps)));
    if (!service || !session) return;
    void vscode.window.showInformationMessage(
      await work({
        client: deps.services.connect(service.url, session),
        session,
        demo: service.about.demo,
      }),
    );
  } catch (error) {
    await reportError(error, deps.log);
  }
}
