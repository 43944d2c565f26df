import * as vscode from 'vscode';
import type { Again } from './show-failure.ts';
import { TaskNotifier } from '../tasks/notifier.ts';
import { DemoMode } from '../service/demo-mode.ts';
import { inBackground } from './background.ts';
import type { Deps } from './deps.ts';
import { Disposables } from './disposables.ts';
import { followSteps } from '../help/walkthrough.ts';
import { fetchKept } from '../tasks/kept-pictures.ts';
import { followNetwork } from './network.ts';
import { Services } from './services.ts';
import { SessionStore } from '../session/session-store.ts';
import type { TasksView } from '../tasks/view/view.ts';
import { showProgress } from '../generate/progress.ts';

/**
 * Everything heavy, built when the first command or the view needs it. Throws the system's error if its storage cannot be
 * used; nothing is left open then.
 */
export async function open(
  context: vscode.ExtensionContext,
  view: TasksView,
  edit: Again['edit'],
  log: vscode.LogOutputChannel,
): Promise<{ deps: Deps; owned: Disposables; end: () => Promise<void> }> {
  const owned = new Disposables();
  let services: Services | undefined;
  try {
    const demo = owned.add(new DemoMode(context, log));
    owned.add(demo.onDidChange(on => view.showDemo(on)));
    view.showDemo(demo.isOn);
    const sessions = new SessionStore(context.secrets, context.globalStorageUri, log);
    services = new Services(context, sessions, demo, followNetwork(owned), log);
    const { queue, ledger, executor } = services;
    await ledger.follow();
    owned.add(sessions.onDidChange(() => queue.wake()));
    // After a sleep of the machine, and on demand, missed changes are fetched at once.
    owned.add(
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) executor.poller.wake();
      }),
    );
    const notifier = owned.add(new TaskNotifier(ledger, () => view.visible, edit, log));
    owned.add(new vscode.Disposable(fetchKept(ledger, log)));
    const deps: Deps = {
      services,
      sessions,
      demo,
      notifier,
      edit,
      showProgress: id => showProgress(id, deps),
      memory: context.globalState,
      workspaceMemory: context.workspaceState,
      log,
    };
    owned.add(followSteps(deps));
    inBackground(view.open(), log);
    return { deps, owned, end: () => deps.services.dispose() };
  } catch (error) {
    owned.dispose(); // the next command opens everything again
    await services?.dispose();
    throw error;
  }
}
