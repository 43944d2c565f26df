import * as vscode from 'vscode';
import type { Again } from './report.ts';
import { Announcer } from './announcer.ts';
import { DemoMode } from './demo-mode.ts';
import type { Deps } from './deps.ts';
import { Disposables } from './disposables.ts';
import { followSteps } from './first-steps.ts';
import { fetchKept } from './kept-pictures.ts';
import { followNetwork } from './network.ts';
import { Services } from './services.ts';
import { SessionStore } from './session-store.ts';
import type { TasksView } from './tasks-view/view.ts';
import { waitInFront } from './wait-in-front.ts';

/** Everything that is heavy, built when the first command or the view needs it. */
export async function open(
  context: vscode.ExtensionContext, view: TasksView, edit: Again['edit'], log: vscode.LogOutputChannel,
): Promise<{ deps: Deps; owned: Disposables; end: () => Promise<void> }> {
  const owned = new Disposables();
  const demo = owned.add(new DemoMode(context, log));
  owned.add(demo.onDidChange(on => view.showDemo(on)));
  view.showDemo(demo.isOn);
  const sessions = new SessionStore(context.secrets, context.globalStorageUri, log);
  const services = new Services(context, sessions, demo, followNetwork(owned), log);
  await services.ledger.follow();
  owned.add(sessions.onDidChange(() => services.engine.wake()));
  // After a sleep of the machine, and when somebody looks again, what happened meanwhile is asked for at once.
  owned.add(vscode.window.onDidChangeWindowState(({ focused }) => { if (focused) { services.runner.watcher.wake(); } }));
  const announcer = owned.add(new Announcer(services.ledger, () => view.visible, edit));
  owned.add(new vscode.Disposable(fetchKept(services.ledger)));
  const deps: Deps = {
    services, sessions, demo, announcer, edit, showProgress: id => waitInFront(id, deps),
    memory: context.globalState, workspaceMemory: context.workspaceState, log,
  };
  owned.add(followSteps(deps));
  void view.open();
  return { deps, owned, end: () => services.dispose() };
}
