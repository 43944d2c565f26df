import * as vscode from 'vscode';
import { inBackground } from '../platform/background.ts';
import type { Deps } from '../platform/deps.ts';

/** Steps of the walkthrough in the manifest that are done by what a person does, wherever they do it. */
type Step = 'service' | 'session' | 'picture' | 'transform';

/** Ticks a step of the walkthrough off; the editor remembers it. */
export function markDone(step: Step): void {
  void vscode.commands.executeCommand('setContext', `jimeng.done.${step}`, true);
}

/** Ticks steps off as they are done. */
export function followSteps({
  services,
  sessions,
  log,
}: Pick<Deps, 'services' | 'sessions' | 'log'>): vscode.Disposable {
  const look = async () => {
    if (await sessions.get()) markDone('session');
  };
  inBackground(look(), log);
  const stop = services.ledger.onDidChange(({ state: { status }, request }) => {
    if (status === 'completed' || status === 'partial')
      markDone(request.images ? 'transform' : 'picture');
  });
  return vscode.Disposable.from(sessions.onDidChange(look), new vscode.Disposable(stop));
}
