import * as vscode from 'vscode';
import { parseServiceAddress } from '../core/service/address.ts';
import type { ServiceAbout } from '../core/service/client.ts';
import { JimengError } from '../core/service/failures.ts';
import { startService } from './commands/start-service.ts';
import type { Deps } from './deps.ts';
import { settings } from './settings.ts';
import { showPick } from './wizard/step.ts';

/** How often a service that does not answer yet is looked for while the person waits for it; in ms. */
const pause = 2_000;

export interface ServiceInUse {
  url: string;
  /** The embedded demo, which gets a session of its own. */
  embedded: boolean;
}

/**
 * The service in use, without asking. `unconfirmed`: it is plain http to another machine, to which the person has not
 * agreed yet, so no session ID may go there. Throws JimengError (`badAddress`).
 */
export async function serviceAsSet({ demo, memory }: Pick<Deps, 'demo' | 'memory'>): Promise<ServiceInUse & { unconfirmed: boolean }> {
  if (demo.isOn) { return { url: await demo.url(), embedded: true, unconfirmed: false }; }
  const parsed = parseServiceAddress(settings.apiUrl);
  if (!parsed.ok) { throw new JimengError({ kind: 'badAddress', detail: parsed.reason }); }
  const { url, needsConsent } = parsed.address;
  return { url, embedded: false, unconfirmed: needsConsent && memory.get(confirmedHttp(url)) !== true };
}

const confirmedHttp = (url: string) => `confirmedHttp:${url}`;

/**
 * The service in use. Plain http to another machine is confirmed once, before a session ID goes there. Undefined when
 * the person does not want that. Throws JimengError (`badAddress`).
 */
export async function serviceInUse(deps: Pick<Deps, 'demo' | 'memory'>): Promise<ServiceInUse | undefined> {
  const { url, embedded, unconfirmed } = await serviceAsSet(deps);
  if (!unconfirmed) { return { url, embedded }; }
  const allow = vscode.l10n.t('Send It');
  const detail = vscode.l10n.t('{0} is another machine, and without https your session ID can be read on the way.', url);
  const answer = await vscode.window.showWarningMessage(vscode.l10n.t('Send your session ID unencrypted?'), { modal: true, detail }, allow);
  if (answer !== allow) { return undefined; }
  await deps.memory.update(confirmedHttp(url), true);
  return { url, embedded: false };
}

/**
 * The service in use, once it answers. Where none does, the person can start one, use the demo, or set another address;
 * it goes on by itself when one answers. Undefined when the person gives up. Throws JimengError.
 */
export async function reachService(deps: Deps): Promise<ServiceInUse & { about: ServiceAbout } | undefined> {
  for (;;) {
    const service = await serviceInUse(deps);
    if (!service) { return undefined; }
    try {
      return { ...service, about: await deps.services.connect(service.url).about() };
    } catch (error) {
      if (!(error instanceof JimengError && error.failure.kind === 'serviceDown')) { throw error; }
    }
    if (!await waitForService(service.url, deps)) { return undefined; }
  }
}

/** Whether it is worth another try: something answers now, or the person chose another service. */
async function waitForService(url: string, { services, demo }: Deps): Promise<boolean> {
  const answers = new AbortController();
  const look = async () => {
    await services.connect(url).about().then(() => answers.abort(), () => { /* not yet */ });
  };
  const timer = setInterval(() => void look(), pause);
  try {
    for (let started = false; !answers.signal.aborted;) {
      const chosen = await showPick({
        title: vscode.l10n.t('Jimeng: No service answers at {0}', url),
        placeholder: started ? vscode.l10n.t('Waiting for the service; it goes on by itself') : vscode.l10n.t('Start a service, and it goes on by itself'),
        busy: true,
        signal: answers.signal,
        items: () => [
          { label: `$(terminal) ${vscode.l10n.t('Start with Docker')}`, detail: vscode.l10n.t('Puts the command into a terminal; press Enter there'), run: 'docker' as const },
          { label: `$(beaker) ${vscode.l10n.t('Use the Demo Service')}`, detail: vscode.l10n.t('Draws pictures itself on this machine: no session ID, no credits'), run: 'demo' as const },
          { label: `$(globe) ${vscode.l10n.t('Set Address')}`, detail: vscode.l10n.t('The service is somewhere else'), run: 'address' as const },
        ],
      });
      if (!chosen) { break; }
      switch (chosen.run) {
        case 'docker': startService(); started = true; break;
        case 'demo': await demo.turnOn(); return true;
        case 'address': if (await setAddress()) { return true; } break;
      }
    }
    return answers.signal.aborted;
  } finally {
    clearInterval(timer);
  }
}

/** Asks for the address of the service and keeps it in the person's own settings. False when the person gives up. */
export async function setAddress(): Promise<boolean> {
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
  if (text === undefined) { return false; }
  await vscode.workspace.getConfiguration('jimeng').update('apiUrl', text.trim(), vscode.ConfigurationTarget.Global);
  return true;
}
