import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Deps } from './vscode/deps.ts';
import { Disposables } from './vscode/disposables.ts';
import { lazy } from './vscode/lazy.ts';
import { hasAwaited } from './vscode/awaited.ts';
import { hasUnfinished, onWork } from './vscode/take-up.ts';
import { onFirstPage } from './vscode/page/first-page.ts';
import { LastEditor } from './vscode/page/last-editor.ts';
import { TasksView } from './vscode/tasks-view/view.ts';

/** Lets another window take over, and ends what runs here. */
let end: (() => Promise<void>) | undefined;

/** Wires the extension together. What is heavy is loaded when it is first needed. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  if (vscode.l10n.bundle) { l10n.config({ contents: vscode.l10n.bundle }); } // the same texts for the core
  const owned = new Disposables();
  context.subscriptions.push(owned);
  const log = owned.add(vscode.window.createOutputChannel('Jimeng', { log: true }));

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
  command('setSessionId', async () => (await import('./vscode/commands/session-commands.ts')).setSession(await deps()));
  command('switchSessionId', async () => (await import('./vscode/commands/session-commands.ts')).switchSession(await deps()));
  command('clearSessionId', async () => (await import('./vscode/commands/session-commands.ts')).clearSession(await deps()));
  command('checkCredits', async () => (await import('./vscode/commands/service-commands.ts')).checkCredits(await deps()));
  command('insertAsyncClient', async () => (await import('./vscode/commands/insert-client.ts')).insertAsyncClient(context.extensionUri));
  command('startService', async () => (await import('./vscode/commands/start-service.ts')).startService());
  command('setAddress', async () => (await import('./vscode/service-address.ts')).setAddress());
  command('useDemo', async () => (await import('./vscode/commands/service-commands.ts')).useDemo(await deps()));
  command('stopDemo', async () => (await import('./vscode/commands/service-commands.ts')).stopDemo(await deps()));
  command('continueInBackground', async id => (await import('./vscode/wait-in-front.ts')).continueInBackground(id));
  const lastEditor = owned.add(new LastEditor());
  command('insertPicture', async (file, selected) => (await import('./vscode/page/insert.ts')).insertPicture(await deps(), lastEditor, file, selected));
  command('insertForWeb', async (file, selected) => (await import('./vscode/page/insert.ts')).insertForWeb(await deps(), lastEditor, file, selected));
  command('showLog', () => log.show());

  const tasks = () => import('./vscode/commands/task-commands.ts');
  for (const id of ['cancelTask', 'stopWatching', 'watchAgain', 'fetchMissing', 'runAgain', 'editAndRunAgain', 'choosePicture', 'copyPrompt', 'copyTaskId', 'findAtService', 'saveKept', 'removeTask']) {
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
  owned.add(onFirstPage(() => void import('./vscode/page/pages.ts').then(({ followPages }) => owned.add(followPages()))));
  if (await hasUnfinished(context.globalStorageUri) || hasAwaited(context.workspaceState)) { await takeUp(); } else { owned.add(onWork(context.globalStorageUri, () => void takeUp())); }
}

export function deactivate(): Promise<void> | undefined {
  return end?.();
}
