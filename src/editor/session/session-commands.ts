import * as vscode from 'vscode';
import type { Region } from '../../core/request/models.ts';
import { JimengError, joinSentences, textOf } from '../../core/service/failures/failures.ts';
import {
  parseSessionId,
  type ParsedSessionId,
  type SessionId,
} from '../../core/session/session.ts';
import type { Deps } from '../platform/deps.ts';
import { regionName, siteName, siteUrls } from './sites.ts';
import { showPick } from '../generate/wizard/step.ts';
import { serviceInUse } from '../service/service-in-use.ts';

const titleOf = () => vscode.l10n.t('Jimeng: Session ID');

function named(session: SessionId): string {
  return vscode.l10n.t('{0} ({1})', session.masked, regionName(session.region));
}

/** Asks for a session ID, and for its region where it does not say it, and stores it. Undefined when the person gives up. */
export async function askForSession(deps: Deps): Promise<SessionId | undefined> {
  const parsed = await inputSession();
  if (!parsed?.ok) return undefined;
  const session = parsed.regionGiven ? parsed.session : await withRegion(parsed.session);
  if (session) await deps.sessions.set(session);
  return session;
}

function inputSession(): Promise<ParsedSessionId | undefined> {
  const input = vscode.window.createInputBox();
  const links = (['cn', 'us'] as const).map(region => ({
    region,
    iconPath: new vscode.ThemeIcon('link-external'),
    tooltip: vscode.l10n.t('Open {0} to get the cookie', siteUrls[region]),
  }));
  input.title = titleOf();
  input.prompt = vscode.l10n.t(
    'The cookie "sessionid": log in at jimeng.jianying.com or dreamina.capcut.com, press F12, Application → Cookies.',
  );
  input.placeholder = vscode.l10n.t('Session ID, or the whole Cookie header');
  input.password = true;
  input.ignoreFocusOut = true;
  input.buttons = links;
  const check = () => {
    const parsed = parseSessionId(input.value);
    input.validationMessage = input.value === '' || parsed.ok ? undefined : parsed.reason;
    return parsed;
  };
  return new Promise<ParsedSessionId | undefined>(resolve => {
    input.onDidChangeValue(check);
    input.onDidTriggerButton(button => {
      const link = links.find(known => known === button);
      if (link) void vscode.env.openExternal(vscode.Uri.parse(siteUrls[link.region]));
    });
    input.onDidAccept(() => {
      const parsed = check();
      if (parsed.ok) resolve(parsed);
      else input.validationMessage = parsed.reason;
    });
    input.onDidHide(() => resolve(undefined));
    input.show();
  }).finally(() => input.dispose());
}

async function withRegion(session: SessionId): Promise<SessionId | undefined> {
  const chosen = await showPick({
    title: titleOf(),
    placeholder: vscode.l10n.t('Which site is this session ID from?'),
    items: () =>
      (['cn', 'us', 'hk', 'jp', 'sg'] as const).map(region => ({
        label: regionName(region),
        description: new URL(siteUrls[region]).hostname,
        region,
      })),
  });
  return chosen && session.withRegion(chosen.region);
}

/** "Set Session ID": stores one, and says whether the site accepts it. */
export async function setSession(deps: Deps): Promise<void> {
  const session = await askForSession(deps);
  if (!session) return;
  const stored = vscode.l10n.t('The session ID {0} was saved.', named(session));
  const [trouble, waiting] = [await troubleWith(session, deps), await stillWaiting(deps)];
  if (trouble === undefined && waiting === '') {
    void vscode.window.showInformationMessage(stored);
    return;
  }
  void vscode.window.showWarningMessage(joinSentences(stored, trouble ?? '', waiting));
}

/** Tasks of other sites, which this session ID does not help. */
async function stillWaiting({ services: { waiting } }: Deps): Promise<string> {
  await waiting.refresh();
  const regions = [...waiting.reasons.values()].flatMap(reason =>
    reason.why === 'noSession' || reason.why === 'sessionRefused' ? [reason.region] : [],
  );
  return joinSentences(
    ...[...new Set(regions)].map(region =>
      vscode.l10n.t(
        'Tasks of {0} still waiting for a session ID: {1}.',
        siteName(region),
        regions.filter(each => each === region).length,
      ),
    ),
  );
}

/** Why the service rejects a session; undefined where it accepts it, or where no service answers yet. */
export async function troubleWith(session: SessionId, deps: Deps): Promise<string | undefined> {
  try {
    const service = await serviceInUse(deps);
    if (
      !service ||
      service.embedded ||
      (await deps.services.connect(service.url).account.checkToken(session))
    )
      return undefined;
    return vscode.l10n.t(
      'The site does not accept this session ID: it has expired, or belongs to another site.',
    );
  } catch (error) {
    if (error instanceof JimengError)
      return error.failure.kind === 'serviceDown'
        ? undefined
        : joinSentences(
            vscode.l10n.t('The session ID could not be checked.'),
            textOf(error.failure),
          );

    throw error;
  }
}

/** "Switch Session ID": another one of those that are kept. */
export async function switchSession(deps: Deps): Promise<void> {
  const { sessions } = deps;
  const [all, current] = await Promise.all([sessions.all(), sessions.get()]);
  const chosen = await showPick<vscode.QuickPickItem & { region?: Region }>({
    title: titleOf(),
    placeholder: vscode.l10n.t('Which session ID should be used?'),
    items: () => [
      ...all.map(({ region, masked }) => ({
        label: regionName(region),
        description: `${masked}${region === current?.region ? ` · ${vscode.l10n.t('in use')}` : ''}`,
        region,
      })),
      { label: `$(add) ${vscode.l10n.t('Another One…')}` },
    ],
  });
  if (!chosen) return;
  const { region } = chosen;
  if (region === undefined) return setSession(deps);
  await sessions.use(region);
}

/** "Clear Session ID": forgets one of those that are kept. */
export async function clearSession({ sessions }: Deps): Promise<void> {
  const all = await sessions.all();
  if (all.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No session ID is saved.'));
    return;
  }
  const chosen = all.length === 1 ? all[0] : await pickSession(all);
  if (!chosen) return;
  await sessions.remove(chosen.region);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The session ID {0} was removed.', named(chosen)),
  );
}

async function pickSession(all: SessionId[]): Promise<SessionId | undefined> {
  const chosen = await showPick({
    title: titleOf(),
    placeholder: vscode.l10n.t('Which session ID should be removed?'),
    items: () =>
      all.map(session => ({
        label: regionName(session.region),
        description: session.masked,
        session,
      })),
  });
  return chosen?.session;
}

/** "Open Site": the one that the session in use belongs to. */
export async function openSite({ sessions }: Deps): Promise<void> {
  const session = await sessions.get();
  await vscode.env.openExternal(vscode.Uri.parse(siteUrls[session?.region ?? 'cn']));
}

/** Another window changed the session IDs, and this one does not see it: says so and offers a reload. */
export async function offerReload(): Promise<void> {
  const reload = vscode.l10n.t('Reload Window');
  const text = vscode.l10n.t(
    'The session ID was changed in another window. Reload this one to use it.',
  );
  if ((await vscode.window.showWarningMessage(text, reload)) === reload)
    await vscode.commands.executeCommand('workbench.action.reloadWindow');
}
