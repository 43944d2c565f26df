import * as vscode from 'vscode';
import { parseServiceAddress } from '../../core/service/address.ts';
import type { ServiceAbout } from '../../core/service/client.ts';
import { JimengError } from '../../core/service/failures/failures.ts';
import { inBackground } from '../platform/background.ts';
import type { Deps } from '../platform/deps.ts';
import { markDone } from '../help/walkthrough.ts';
import {
  startOptions,
  startCompose,
  startStock,
  type StartOption,
  type StartOptionEntry,
} from './start-options.ts';
import { settings } from '../platform/settings.ts';
import { showPick } from '../generate/wizard/step.ts';

/** How often a service is retried while the person waits for it. */
const RETRY_MS = 2_000;

export interface ServiceInUse {
  url: string;
  /** The embedded demo, which has its own session. */
  embedded: boolean;
}

/**
 * The service in use, without asking. `unconfirmed`: plain http to another machine, to which the person has not agreed
 * yet, so no session ID may be sent there. Throws JimengError (`badAddress`).
 */
export async function serviceAsSet({
  demo,
  memory,
}: Pick<Deps, 'demo' | 'memory'>): Promise<ServiceInUse & { unconfirmed: boolean }> {
  if (demo.isOn) return { url: await demo.url(), embedded: true, unconfirmed: false };
  const parsed = parseServiceAddress(settings.apiUrl);
  if (!parsed.ok) throw new JimengError({ kind: 'badAddress', detail: parsed.reason });
  const { url, needsConsent } = parsed.address;
  return {
    url,
    embedded: false,
    unconfirmed: needsConsent && memory.get(confirmedHttp(url)) !== true,
  };
}

const confirmedHttp = (url: string) => `confirmedHttp:${url}`;

/**
 * The service in use. Plain http to another machine is confirmed once before a session ID is sent there. Undefined if the
 * person declines. Throws JimengError (`badAddress`).
 */
export async function serviceInUse(
  deps: Pick<Deps, 'demo' | 'memory'>,
): Promise<ServiceInUse | undefined> {
  const { url, embedded, unconfirmed } = await serviceAsSet(deps);
  if (!unconfirmed) return { url, embedded };
  const allow = vscode.l10n.t('Send It');
  const detail = vscode.l10n.t(
    '{0} is another machine, and without https your session ID can be read in transit.',
    url,
  );
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Send your session ID unencrypted?'),
    { modal: true, detail },
    allow,
  );
  if (answer !== allow) return undefined;
  await deps.memory.update(confirmedHttp(url), true);
  return { url, embedded: false };
}

/**
 * The service in use, once it answers. If none does, the person can start one, use the demo, or set another address; it
 * continues when one answers. Undefined if the person cancels. Throws JimengError.
 */
export async function reachService(
  deps: Deps,
): Promise<(ServiceInUse & { about: ServiceAbout }) | undefined> {
  for (;;) {
    const service = await serviceInUse(deps);
    if (!service) return undefined;
    try {
      const about = await deps.services.connect(service.url).about();
      markDone('service');
      return { ...service, about };
    } catch (error) {
      if (!(error instanceof JimengError && error.failure.kind === 'serviceDown')) throw error;
    }
    if (!(await waitForService(service.url, deps))) return undefined;
  }
}

/** Whether to try again: something answers now, or the person chose another service. */
async function waitForService(url: string, deps: Deps): Promise<boolean> {
  const answers = new AbortController();
  const check = () => {
    deps.services
      .connect(url)
      .about()
      .then(
        () => answers.abort(),
        () => {
          /* not yet */
        },
      );
  };
  const timer = setInterval(check, RETRY_MS);
  try {
    for (let started = false; !answers.signal.aborted;) {
      const chosen: StartOptionEntry | undefined = await showPick({
        title: vscode.l10n.t('Jimeng: No service answers at {0}', url),
        placeholder: started
          ? vscode.l10n.t('Waiting for the service to answer')
          : vscode.l10n.t('Start a service; this continues once it answers'),
        signal: answers.signal,
        items: startOptions,
      });
      if (!chosen) break;
      if (await runStartOption(chosen.option, deps)) return true;
      started ||= chosen.option === 'stock' || chosen.option === 'compose';
    }
    return answers.signal.aborted;
  } finally {
    clearInterval(timer);
  }
}

/** Runs a start option. True if another service is now in use. Throws JimengError. */
export async function runStartOption(
  option: StartOption,
  deps: Pick<Deps, 'demo' | 'log'>,
): Promise<boolean> {
  switch (option) {
    case 'stock':
      startStock();
      break;
    case 'compose':
      await startCompose();
      break;
    case 'demo':
      await deps.demo.turnOn();
      return true;
    case 'address':
      return setAddress(deps);
  }
  if (deps.demo.isOn) inBackground(offerToStopDemo(deps), deps.log);
  return false;
}

/** A service is being started, but the demo would still be used. */
async function offerToStopDemo({ demo }: Pick<Deps, 'demo'>): Promise<void> {
  const stop = vscode.l10n.t('Stop Using It');
  if (
    (await vscode.window.showInformationMessage(
      vscode.l10n.t('The demo service is in use: it draws the pictures itself.'),
      stop,
    )) === stop
  )
    await demo.turnOff();
}

/**
 * Asks for the service's address and stores it in the person's own settings; it is used from then on instead of the demo.
 * False if the person cancels.
 */
export async function setAddress({ demo }: Pick<Deps, 'demo'>): Promise<boolean> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Jimeng: Address of the Service'),
    prompt: vscode.l10n.t('Such as http://localhost:5100'),
    value: settings.apiUrl,
    ignoreFocusOut: true,
    validateInput: value => {
      const parsed = parseServiceAddress(value);
      return parsed.ok ? undefined : parsed.reason;
    },
  });
  if (text === undefined) return false;
  await vscode.workspace
    .getConfiguration('jimeng')
    .update('apiUrl', text.trim(), vscode.ConfigurationTarget.Global);
  if (demo.isOn) await demo.turnOff();
  return true;
}
