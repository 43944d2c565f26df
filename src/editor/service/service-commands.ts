import * as vscode from 'vscode';
import { serviceFinding, tasksFinding } from '../../core/doctor/service-checks.ts';
import { joinSentences } from '../../core/service/failures/failures.ts';
import type { Deps } from '../platform/deps.ts';
import { markDone } from '../help/walkthrough.ts';
import { buttonOf, reportError } from '../platform/show-failure.ts';
import { serviceInUse, setAddress, runStartOption } from './service-in-use.ts';
import { startOptions } from './start-options.ts';
import { showPick } from '../generate/wizard/step.ts';

/** "Start Service": offers the start options. */
export async function startService(deps: Deps): Promise<void> {
  try {
    const chosen = await showPick({
      title: vscode.l10n.t('Jimeng: Start Service'),
      placeholder: vscode.l10n.t('Where should the pictures come from?'),
      items: startOptions,
    });
    if (chosen?.option === 'demo') await useDemo(deps);
    else if (chosen && (await runStartOption(chosen.option, deps))) await checkService(deps);
  } catch (error) {
    await reportError(error, deps.log);
  }
}

/** "Set Address": and says what answers there. */
export async function changeAddress(deps: Deps): Promise<void> {
  if (await setAddress(deps)) await checkService(deps);
}

/** "Check Service": whether it answers, its kind, and its tasks. */
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

/** From now on a demo on this machine draws the pictures, until it is turned off. */
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
