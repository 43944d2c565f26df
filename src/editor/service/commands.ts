import * as vscode from 'vscode';
import { serviceFinding, tasksFinding } from '../../core/doctor/service-checks.ts';
import type { JimengClient } from '../../core/service/client.ts';
import { joinSentences } from '../../core/service/failures/failures.ts';
import type { SessionId } from '../../core/session/session.ts';
import { askCredits, claimCreditsOf } from '../session/credits.ts';
import type { Deps } from '../platform/deps.ts';
import { markDone } from '../help/walkthrough.ts';
import { buttonOf, reportError } from '../platform/show-failure.ts';
import { reachService, serviceInUse, setAddress, runStartOption } from './service-in-use.ts';
import { startOptions } from './start-options.ts';
import { showPick } from '../generate/wizard/step.ts';
import { askForSession } from '../session/commands.ts';

/** "Start Service": the ways to one. */
export async function startService(deps: Deps): Promise<void> {
  try {
    const chosen = await showPick({
      title: vscode.l10n.t('Jimeng: Start Service'),
      placeholder: vscode.l10n.t('Where shall the pictures come from?'),
      items: startOptions,
    });
    if (chosen?.way === 'demo') await useDemo(deps);
    else if (chosen && (await runStartOption(chosen.way, deps))) await checkService(deps);
  } catch (error) {
    await reportError(error, deps.log);
  }
}

/** "Set Address": and says what answers there. */
export async function changeAddress(deps: Deps): Promise<void> {
  if (await setAddress(deps)) await checkService(deps);
}

/** "Check Service": whether it answers, of which kind it is, and what its tasks do. */
export async function checkService(deps: Deps): Promise<void> {
  try {
    const service = await serviceInUse(deps);
    if (!service) return;
    const client = deps.services.connect(service.url);
    const about = await client.about();
    markDone('service');
    const tasks = await tasksFinding(client, about);
    const text = joinSentences(
      serviceFinding(service.url, about, service.embedded).sentence,
      tasks.sentence,
    );
    const buttons = [buttonOf(tasks.fix), buttonOf('diagnose')].filter(
      button => button !== undefined,
    );
    const chosen = await vscode.window.showInformationMessage(
      text,
      ...buttons.map(({ title }) => title),
    );
    await buttons.find(({ title }) => title === chosen)?.run();
  } catch (error) {
    await reportError(error, deps.log);
  }
}

/** "Check Credits": asks the site for the account's credits. */
export async function checkCredits(deps: Deps): Promise<void> {
  await withAccount(deps, async ({ client, session, demo }) => {
    const credits = await askCredits(client, session, deps);
    return demo
      ? vscode.l10n.t('The demo service pretends that the account has {0} credits.', credits)
      : vscode.l10n.t('The account {0} has {1} credits.', session.masked, credits);
  });
}

/** "Claim Daily Credits": the site gives them only when none are left. */
export async function claimCredits(deps: Deps): Promise<void> {
  await withAccount(deps, async ({ client, session, demo }) => {
    const credits = await claimCreditsOf(client, session, deps);
    return demo
      ? vscode.l10n.t('The demo service pretends that the account has {0} credits.', credits)
      : vscode.l10n.t('The daily credits are claimed: {0} now.', credits);
  });
}

/** Does something with the account in use, and tells what came of it. */
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

/** Pictures are drawn by a demo on this machine from now on, until it is turned off. */
export async function useDemo({ demo }: Deps): Promise<void> {
  await demo.turnOn();
  markDone('service');
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'The demo service is in use: it draws the pictures itself, and spends no credits.',
    ),
  );
}

export async function stopDemo({ demo }: Deps): Promise<void> {
  await demo.turnOff();
}
