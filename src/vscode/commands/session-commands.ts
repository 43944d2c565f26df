import * as vscode from 'vscode';
import { parseSessionId, type SessionId } from '../../core/session.ts';
import type { SessionStore } from '../session-store.ts';

/** Asks for a session ID and stores it. Undefined when the person gives up. */
export async function askForSession(sessions: SessionStore): Promise<SessionId | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Jimeng: Session ID'),
    prompt: vscode.l10n.t('The cookie "sessionid": log in at jimeng.jianying.com, press F12, Application → Cookies. From dreamina.capcut.com put us-, hk-, jp- or sg- before it.'),
    placeHolder: vscode.l10n.t('Session ID, or the whole Cookie header'),
    password: true,
    ignoreFocusOut: true,
    validateInput: value => {
      const parsed = parseSessionId(value);
      return value === '' || parsed.ok ? undefined : parsed.reason;
    },
  });
  const parsed = text === undefined ? undefined : parseSessionId(text);
  if (!parsed?.ok) { return undefined; }
  await sessions.set(parsed.session);
  return parsed.session;
}

export async function setSession(sessions: SessionStore): Promise<void> {
  const session = await askForSession(sessions);
  if (session) { void vscode.window.showInformationMessage(vscode.l10n.t('The session ID {0} is stored.', session.masked)); }
}

export async function clearSession(sessions: SessionStore): Promise<void> {
  const session = await sessions.get();
  if (!session) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No session ID is stored.'));
    return;
  }
  await sessions.clear();
  void vscode.window.showInformationMessage(vscode.l10n.t('The session ID {0} is forgotten.', session.masked));
}
