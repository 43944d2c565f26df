import * as vscode from 'vscode';
import { check } from '../../core/models/check.ts';
import type { ImageRequest } from '../../core/request.ts';
import { parseServiceAddress } from '../../core/service/address.ts';
import { JimengError } from '../../core/service/failures.ts';
import type { SessionId } from '../../core/session.ts';
import type { Order } from '../../core/tasks/runner.ts';
import { chooseOutputFolder } from '../output-folder.ts';
import { reportError, type Again } from '../report.ts';
import type { Services } from '../services.ts';
import type { SessionStore } from '../session-store.ts';
import { settings } from '../settings.ts';
import { tellFinished } from '../tell-finished.ts';
import { waitInFront } from '../wait-in-front.ts';
import { imageWizard, type Draft } from '../wizard/image-wizard.ts';
import { askForSession } from './session-commands.ts';

export interface GenerateDeps {
  services: Services;
  sessions: SessionStore;
  /** Remembers what was confirmed. */
  memory: vscode.Memento;
  log: vscode.LogOutputChannel;
}

/** "Jimeng: Generate Image": asks, sends, and tells what came of it. With a request, the wizard is filled in with it. */
export async function generateImage(deps: GenerateDeps, request?: ImageRequest): Promise<void> {
  const edit: Again['edit'] = changed => generateImage(deps, changed);
  let draft: Draft | undefined = { request: request ?? fromSettings(), mode: settings.mode };
  try {
    const known = await deps.sessions.get();
    draft = await imageWizard(draft, known?.region ?? 'cn');
    if (!draft) { return; }
    const session = known ?? await askForSession(deps.sessions);
    if (!session) { return; }
    const order = await prepare(draft.request, session, deps);
    if (!order) { return; }
    const client = deps.services.connect(order.service.url, session);
    const started = await deps.services.runner.start(order, client);
    const done = draft.mode === 'now' ? waitInFront(started, deps.services) : started.done;
    void done.then(task => task && tellFinished(task, edit)).catch((error: unknown) => reportError(error, deps.log));
  } catch (error) {
    await reportError(error, deps.log, draft && { request: draft.request, edit });
  }
}

/** Defaults that the person chose in the settings count as chosen. */
function fromSettings(): ImageRequest {
  const { model, ratio, resolution } = settings;
  return { kind: 'image', prompt: '', ...model !== undefined && { model }, ...ratio !== undefined && { ratio }, ...resolution !== undefined && { resolution } };
}

/** Everything that has to be right before something is sent. Undefined when the person gives up. Throws JimengError. */
async function prepare(request: ImageRequest, session: SessionId, { services, memory }: GenerateDeps): Promise<Order | undefined> {
  const checked = check(request, session.region, { unknownModels: 'pass' });
  if (!checked.ok) { throw new JimengError({ kind: 'refusedHere', detail: checked.refusal.message }); }
  const url = await agreedAddress(memory);
  const folder = url === undefined ? undefined : await chooseOutputFolder(memory);
  if (url === undefined || !folder) { return undefined; }
  const about = await services.connect(url).about();
  return {
    request, checked, region: session.region,
    // A task at the service survives a reload of the window; a held request does not.
    wait: about.kind === 'task' ? 'task' : 'held',
    service: { url, demo: about.demo },
    folder: folder.toString(),
  };
}

/** The service's address; plain http to another machine is confirmed once. */
async function agreedAddress(memory: vscode.Memento): Promise<string | undefined> {
  const parsed = parseServiceAddress(settings.apiUrl);
  if (!parsed.ok) { throw new JimengError({ kind: 'badAddress', detail: parsed.reason }); }
  const { url, needsConsent } = parsed.address;
  const key = `confirmedHttp:${url}`;
  if (!needsConsent || memory.get(key) === true) { return url; }
  const allow = vscode.l10n.t('Send It');
  const detail = vscode.l10n.t('{0} is another machine, and without https your session ID can be read on the way.', url);
  const answer = await vscode.window.showWarningMessage(vscode.l10n.t('Send your session ID unencrypted?'), { modal: true, detail }, allow);
  if (answer !== allow) { return undefined; }
  await memory.update(key, true);
  return url;
}
