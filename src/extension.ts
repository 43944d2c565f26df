import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Deps } from './vscode/deps.ts';
import { Disposables } from './vscode/disposables.ts';
import { lazy } from './vscode/lazy.ts';
import { hasUnfinished, onWork } from './vscode/take-up.ts';
import { offerCommand } from './vscode/terminal-command.ts';
import { TasksView } from './vscode/tasks-view/view.ts';

/** Lets another window take over, and ends what runs here. */
let end: (() => Promise<void>) | undefined;

/** Wires the extension together. What is heavy is loaded when it is first needed. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  if (vscode.l10n.bundle) { l10n.config({ contents: vscode.l10n.bundle }); } // the same texts for the core
  const owned = new Disposables();
  context.subscriptions.push(owned);
  const log = owned.add(vscode.window.createOutputChannel('Jimeng', { log: true }));

  offerCommand(context);

  const deps = lazy(async (): Promise<Deps> => {
    const { open } = await import('./vscode/open.ts');
    const opened = await open(context, view, generate, log);
    owned.add(opened.owned);
    end = opened.end;
    return opened.deps;
  });
  const generate = async (request?: unknown) => {
    const [commands, { GenerationRequest }] = await Promise.all([import('./vscode/commands/generate.ts'), import('./core/request.ts')]);
    const parsed = GenerationRequest.safeParse(request);
    return commands.generate(await deps(), parsed.success ? parsed.data : commands.requestOfSettings());
  };
  const transform = () => import('./vscode/commands/transform-image.ts');
  const generateFromSelection = async () => {
    const [{ requestOfSettings }, { requestOfEditor }] = await Promise.all([import('./vscode/commands/generate.ts'), import('./vscode/commands/edit-prompt.ts')]);
    const request = requestOfEditor(requestOfSettings());
    return request && generate(request);
  };
  const command = (id: string, run: (...args: unknown[]) => unknown) => owned.add(vscode.commands.registerCommand(`jimeng.${id}`, run));
  command('generateImage', generate);
  command('generateFromSelection', generateFromSelection);
  command('transformImage', async (file, selected) => (await transform()).transformImage(await deps(), file, selected));
  for (const id of ['generateVideo', 'videoFromThis']) { command(id, async (file, selected) => (await transform()).generateVideo(await deps(), file, selected)); }
  const settings = () => import('./vscode/commands/picture-settings.ts');
  command('showSettings', async row => (await settings()).showSettings(row, { log }));
  command('runFromPicture', async row => (await settings()).runFromPicture(row, await deps()));
  owned.add(vscode.workspace.registerTextDocumentContentProvider('jimeng-settings', { provideTextDocumentContent: async uri => (await settings()).settingsText(uri) }));
  command('setSessionId', async () => (await import('./vscode/commands/session-commands.ts')).setSession(await deps()));
  command('switchSessionId', async () => (await import('./vscode/commands/session-commands.ts')).switchSession(await deps()));
  command('clearSessionId', async () => (await import('./vscode/commands/session-commands.ts')).clearSession(await deps()));
  command('insertAsyncClient', async () => (await import('./vscode/commands/insert-client.ts')).insertAsyncClient(context.extensionUri));
  command('openSite', async () => (await import('./vscode/commands/session-commands.ts')).openSite(await deps()));
  const service = () => import('./vscode/commands/service-commands.ts');
  command('checkCredits', async () => (await service()).checkCredits(await deps()));
  command('claimCredits', async () => (await service()).claimCredits(await deps()));
  command('startService', async () => (await service()).startService(await deps()));
  command('checkService', async () => (await service()).checkService(await deps()));
  command('setAddress', async () => (await service()).changeAddress(await deps()));
  command('useDemo', async () => (await service()).useDemo(await deps()));
  command('stopDemo', async () => (await service()).stopDemo(await deps()));
  command('diagnose', async () => (await import('./vscode/commands/diagnose.ts')).diagnose(await deps()));
  command('getStarted', async () => (await import('./vscode/commands/get-started.ts')).getStarted());
  command('openAgentsHelp', async () => (await import('./vscode/commands/get-started.ts')).openAgentsHelp(context.extensionUri));
  command('continueInBackground', async id => (await import('./vscode/wait-in-front.ts')).continueInBackground(id));
  command('showLog', () => log.show());

  const tasks = () => import('./vscode/commands/task-commands.ts');
  for (const id of ['cancelTask', 'stopWatching', 'watchAgain', 'fetchMissing', 'runAgain', 'editAndRunAgain', 'copyPrompt', 'copyTaskId', 'findAtService', 'saveKept', 'removeTask']) {
    command(id, async (row, selected) => (await tasks()).runTaskCommand(id, row, selected, await deps()));
  }
  for (const id of ['cancelAllWaiting', 'pauseQueue', 'resumeQueue', 'clearFinished']) {
    command(id, async () => (await tasks()).runQueueCommand(id, await deps()));
  }
  command('openPictures', async row => (await tasks()).openPictures(row));
  command('showPictures', async row => (await tasks()).showPictures(row));
  command('filterTasks', async () => (await import('./vscode/commands/filter-tasks.ts')).filterTasks(view));
  command('clearFilter', () => view.filter(''));

  const view = owned.add(new TasksView(async () => (await deps()).services));
  const takeUp = async () => (await import('./vscode/take-up.ts')).takeUp(await deps());
  if (await hasUnfinished(context.globalStorageUri)) { await takeUp(); } else { owned.add(onWork(context.globalStorageUri, () => void takeUp())); }
}

export function deactivate(): Promise<void> | undefined {
  return end?.();
}
