import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Deps } from './vscode/deps.ts';
import { Disposables } from './vscode/disposables.ts';
import { lazy } from './vscode/lazy.ts';
import { hasUnfinished } from './vscode/take-up.ts';
import { TasksView } from './vscode/tasks-view.ts';

/** Wires the extension together. What is heavy is loaded when it is first needed. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  if (vscode.l10n.bundle) { l10n.config({ contents: vscode.l10n.bundle }); } // the same texts for the core
  const owned = new Disposables();
  context.subscriptions.push(owned);
  const log = owned.add(vscode.window.createOutputChannel('Jimeng', { log: true }));

  const deps = lazy(async (): Promise<Deps> => {
    const [{ Services }, { SessionStore }, { DemoMode }] = await Promise.all([
      import('./vscode/services.ts'), import('./vscode/session-store.ts'), import('./vscode/demo-mode.ts'),
    ]);
    const demo = owned.add(new DemoMode(context));
    owned.add(demo.onDidChange(on => view.showDemo(on)));
    view.showDemo(demo.isOn);
    return { services: owned.add(new Services(context, log)), sessions: new SessionStore(context.secrets, context.globalStorageUri, log), demo, memory: context.globalState, log };
  });
  const generate = async (request?: unknown) => {
    const [{ generateImage }, { ImageRequest }] = await Promise.all([import('./vscode/commands/generate-image.ts'), import('./core/request.ts')]);
    const parsed = ImageRequest.safeParse(request);
    return generateImage(await deps(), parsed.success ? parsed.data : undefined);
  };
  const generateFromSelection = async () => {
    const [{ requestOfSettings }, { requestOfEditor }] = await Promise.all([import('./vscode/commands/generate-image.ts'), import('./vscode/commands/edit-prompt.ts')]);
    const request = requestOfEditor(requestOfSettings());
    return request && generate(request);
  };
  const command = (id: string, run: (...args: unknown[]) => unknown) => owned.add(vscode.commands.registerCommand(id, run));
  command('jimeng.generateImage', generate);
  command('jimeng.generateFromSelection', generateFromSelection);
  command('jimeng.setSessionId', async () => (await import('./vscode/commands/session-commands.ts')).setSession(await deps()));
  command('jimeng.switchSessionId', async () => (await import('./vscode/commands/session-commands.ts')).switchSession(await deps()));
  command('jimeng.clearSessionId', async () => (await import('./vscode/commands/session-commands.ts')).clearSession(await deps()));
  command('jimeng.checkCredits', async () => (await import('./vscode/commands/service-commands.ts')).checkCredits(await deps()));
  command('jimeng.startService', async () => (await import('./vscode/commands/start-service.ts')).startService());
  command('jimeng.setAddress', async () => (await import('./vscode/service-address.ts')).setAddress());
  command('jimeng.useDemo', async () => (await import('./vscode/commands/service-commands.ts')).useDemo(await deps()));
  command('jimeng.stopDemo', async () => (await import('./vscode/commands/service-commands.ts')).stopDemo(await deps()));
  command('jimeng.continueInBackground', async id => (await import('./vscode/wait-in-front.ts')).continueInBackground(id));
  command('jimeng.cancelTask', async row => (await import('./vscode/commands/cancel-task.ts')).cancelTask(row, await deps()));
  command('jimeng.showLog', () => log.show());

  const view = owned.add(new TasksView(async () => (await deps()).services.ledger));

  if (await hasUnfinished(context.globalStorageUri)) {
    const { takeUp } = await import('./vscode/take-up.ts');
    await takeUp(await deps(), generate);
  }
}
