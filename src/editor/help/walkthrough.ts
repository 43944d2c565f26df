import * as vscode from 'vscode';
import { inBackground } from '../platform/background.ts';
import type { Deps } from '../platform/deps.ts';

/** Steps of the manifest's walkthrough that are completed by what a person does, wherever they do it. */
type Step = 'service' | 'session' | 'picture' | 'transform';

/** Completes a step of the walkthrough; the editor remembers it. */
export function markDone(step: Step): void {
  void vscode.commands.executeCommand('setContext', `jimeng.done.${step}`, true);
}

/** Completes steps as they are done. */
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
