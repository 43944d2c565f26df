import * as vscode from 'vscode';
import { nameOf } from '../../core/inputs/address.ts';
import { prepare, type PreparedRequest } from '../../core/queue/prepare.ts';
import type { GenerationRequest } from '../../core/request/schema.ts';
import type { SessionId } from '../../core/session/session.ts';
import { inBackground } from '../platform/background.ts';
import type { Deps } from '../platform/deps.ts';
import { askForSession, offerReload, troubleWith } from '../session/session-commands.ts';
import { openInput } from '../platform/open-input.ts';
import { chooseOutputFolder } from './output-folder.ts';
import { setAwaited } from '../pages/awaited-targets.ts';
import { reachService, type ServiceInUse } from '../service/service-in-use.ts';
import { oneLine } from '../tasks/task-texts.ts';

export interface Submission {
  request: GenerationRequest;
  mode: 'now' | 'background';
  /** Instead of the setting's. */
  folder?: vscode.Uri;
  /** It was drawn by a demo before: a service that spends credits is confirmed. */
  wasDemo?: boolean;
}

/**
 * Puts a request into the queue, once a service answers and there is a session and a folder. "Now" shows its progress.
 * False when the person gives up. Throws JimengError; nothing was sent then.
 */
export async function submit(
  { request, mode, folder: chosen, wasDemo = false }: Submission,
  deps: Deps,
): Promise<boolean> {
  const service = await reachService(deps);
  if (service && wasDemo && !service.about.demo && !(await acceptsCredits(request))) return false;
  const session = service && (await sessionFor(service, deps));
  if (!service || !session) return false;
  const folder = chosen ?? (await chooseOutputFolder(deps.memory));
  if (!folder) return false;
  const prepared = await prepare(request, {
    region: session.region,
    service: { url: service.url, demo: service.about.demo, kind: service.about.kind },
    folder: folder.toString(),
    unknownModels: 'pass',
    openInput,
  });
  if (!(await acceptsInputs(request, prepared))) return false;
  if (request.kind === 'image' && request.target) await setAwaited(deps.workspaceMemory, true);
  const { id } = await deps.services.queue.add(prepared);
  deps.notifier.expect(id, mode);
  if (mode === 'now') inBackground(deps.showProgress(id), deps.log);
  return true;
}

/** A request that cost nothing costs something now. */
async function acceptsCredits({ prompt }: GenerationRequest): Promise<boolean> {
  const send = vscode.l10n.t('Send It');
  const detail = vscode.l10n.t(
    'The demo service drew it the first time. Now the service of your account is in use.',
  );
  return (
    (await vscode.window.showWarningMessage(
      vscode.l10n.t('Spend credits on "{0}"?', oneLine(prompt)),
      { modal: true, detail },
      send,
    )) === send
  );
}

/** Whether large inputs, and those that have changed since an earlier request, are to be sent. */
async function acceptsInputs(
  { images: earlier = [] }: GenerationRequest,
  { request: { images = [] }, largeInputs: large }: PreparedRequest,
): Promise<boolean> {
  const before = new Map(earlier.map(({ uri, sha256 }) => [uri, sha256]));
  const changed = images
    .filter(({ uri, sha256 }) => (before.get(uri) ?? sha256) !== sha256)
    .map(({ uri }) => nameOf(uri));
  const notes = [
    ...(changed.length > 0
      ? [vscode.l10n.t('Changed since the first time: {0}.', changed.join(', '))]
      : []),
    ...(large.length > 0
      ? [vscode.l10n.t('More than 10 MB: {0}. Sending it may take a while.', large.join(', '))]
      : []),
  ];
  const send = vscode.l10n.t('Send It');
  return (
    notes.length === 0 ||
    (await vscode.window.showWarningMessage(
      vscode.l10n.t('Send these files?'),
      { modal: true, detail: notes.join('\n') },
      send,
    )) === send
  );
}

/** The session that pays. Undefined when the person gives up, or has to reload the window first. */
async function sessionFor({ embedded }: ServiceInUse, deps: Deps): Promise<SessionId | undefined> {
  if (embedded) return deps.demo.session;
  if (await deps.sessions.isStale()) {
    await offerReload();
    return undefined;
  }
  const known = await deps.sessions.get();
  if (known) return known;
  const session = await askForSession(deps);
  const trouble = session && (await troubleWith(session, deps));
  if (trouble === undefined) return session;
  const [update, go] = [vscode.l10n.t('Update Session ID'), vscode.l10n.t('Generate Anyway')];
  switch (await vscode.window.showWarningMessage(trouble, update, go)) {
    case update:
      return askForSession(deps);
    case go:
      return session;
    default:
      return undefined;
  }
}
