import * as vscode from 'vscode';
import { check } from '../../core/models/check.ts';
import type { ImageRequest } from '../../core/request.ts';
import { JimengError } from '../../core/service/failures.ts';
import type { SessionId } from '../../core/session.ts';
import type { Deps } from '../deps.ts';
import { chooseOutputFolder } from '../output-folder.ts';
import { Presets } from '../presets.ts';
import { reportError, type Again } from '../report.ts';
import { reachService, type ServiceInUse } from '../service-address.ts';
import { settings } from '../settings.ts';
import { tellFinished } from '../tell-finished.ts';
import { waitInFront } from '../wait-in-front.ts';
import { optionsOf, type Draft } from '../wizard/draft.ts';
import { imageWizard, type WizardContext } from '../wizard/image-wizard.ts';
import { editPrompt } from './edit-prompt.ts';
import { askForSession, offerReload, troubleWith } from './session-commands.ts';

/** "Jimeng: Generate Image": asks, sends, and tells what came of it. With a request, the wizard is filled in with it. */
export async function generateImage(deps: Deps, request?: ImageRequest): Promise<void> {
  const edit: Again['edit'] = changed => generateImage(deps, changed);
  let draft: Draft = { request: request ?? requestOfSettings(), mode: settings.mode };
  try {
    const answer = await imageWizard(draft, await contextOf(deps));
    if (!answer) { return; }
    draft = answer.draft;
    if (answer.next === 'edit') {
      await editPrompt(draft.request);
      return;
    }
    const service = await reachService(deps);
    const session = service && await sessionFor(service, deps);
    if (!service || !session) { return; }
    const checked = check(draft.request, session.region, { unknownModels: 'pass' });
    if (!checked.ok) { throw new JimengError({ kind: 'refusedHere', detail: checked.refusal.message }); }
    const folder = draft.folder ?? await chooseOutputFolder(deps.memory);
    if (!folder) { return; }
    const started = await deps.services.runner.start({
      request: draft.request, checked, region: session.region,
      // A task at the service survives a reload of the window; a held request does not.
      wait: service.about.kind === 'task' ? 'task' : 'held',
      service: { url: service.url, demo: service.about.demo },
      folder: folder.toString(),
    }, deps.services.connect(service.url, session));
    const done = draft.mode === 'now' ? waitInFront(started, deps.services) : started.done;
    void done.then(task => task && tellFinished(task, edit)).catch((error: unknown) => reportError(error, deps.log));
  } catch (error) {
    await reportError(error, deps.log, { request: draft.request, edit });
  }
}

/** Defaults that the person chose in the settings count as chosen. */
export function requestOfSettings(): ImageRequest {
  const { model, ratio, resolution } = settings;
  return { kind: 'image', prompt: '', ...model !== undefined && { model }, ...ratio !== undefined && { ratio }, ...resolution !== undefined && { resolution } };
}

async function contextOf({ services, sessions, demo, memory }: Deps): Promise<WizardContext> {
  const [session, tasks] = await Promise.all([demo.isOn ? demo.session : sessions.get(), services.ledger.all()]);
  const [newest] = tasks;
  return {
    region: session?.region ?? 'cn',
    presets: new Presets(memory),
    last: newest && optionsOf(newest.request),
    history: [...new Set(tasks.map(task => task.request.prompt))],
  };
}

/** The session that pays. Undefined when the person gives up, or has to reload the window first. */
async function sessionFor({ embedded }: ServiceInUse, deps: Deps): Promise<SessionId | undefined> {
  if (embedded) { return deps.demo.session; }
  if (await deps.sessions.isStale()) {
    await offerReload();
    return undefined;
  }
  const known = await deps.sessions.get();
  if (known) { return known; }
  const session = await askForSession(deps);
  const trouble = session && await troubleWith(session, deps);
  if (trouble === undefined) { return session; }
  const [update, go] = [vscode.l10n.t('Update Session ID'), vscode.l10n.t('Generate Anyway')];
  switch (await vscode.window.showWarningMessage(trouble, update, go)) {
    case update: return askForSession(deps);
    case go: return session;
    default: return undefined;
  }
}
