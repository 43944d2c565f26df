import * as vscode from 'vscode';
import type { Deps } from './deps.ts';
import { Disposables } from './disposables.ts';
import type { LastEditor } from '../pages/last-editor.ts';
import type { TasksView } from '../tasks/view/view.ts';

export interface CommandContext {
  context: Pick<vscode.ExtensionContext, 'extensionUri' | 'globalStorageUri'>;
  /** Built when the first command that needs them runs. */
  deps: () => Promise<Deps>;
  view: TasksView;
  lastEditor: LastEditor;
  log: vscode.LogOutputChannel;
}

/** Registers every command of the manifest; what one needs is loaded when it first runs. */
export function registerCommands({
  context: { extensionUri, globalStorageUri },
  deps,
  view,
  lastEditor,
  log,
}: CommandContext): Disposables {
  const owned = new Disposables();
  const command = (id: string, run: (...args: unknown[]) => unknown) =>
    owned.add(vscode.commands.registerCommand(`jimeng.${id}`, run));

  const generate = async (request?: unknown) => {
    const [commands, { GenerationRequest }] = await Promise.all([
      import('../generate/generate.ts'),
      import('../../core/request/schema.ts'),
    ]);
    const parsed = GenerationRequest.safeParse(request);
    return commands.generate(
      await deps(),
      parsed.success ? parsed.data : commands.requestOfSettings(),
    );
  };
  command('generateImage', generate);
  command('generateFromSelection', async () => {
    const [{ requestOfSettings }, { requestOfEditor }] = await Promise.all([
      import('../generate/generate.ts'),
      import('../generate/edit-prompt.ts'),
    ]);
    const request = requestOfEditor(requestOfSettings());
    return request && generate(request);
  });
  const transform = () => import('../generate/transform.ts');
  command('transformImage', async (file, selected) =>
    (await transform()).transformImage(await deps(), file, selected),
  );
  for (const id of ['generateVideo', 'videoFromThis'])
    command(id, async (file, selected) =>
      (await transform()).generateVideo(await deps(), file, selected),
    );

  const settings = () => import('../generate/picture-settings.ts');
  command('showSettings', async row => (await settings()).showSettings(row, { log }));
  command('runFromPicture', async row => (await settings()).runFromPicture(row, await deps()));
  owned.add(
    vscode.workspace.registerTextDocumentContentProvider('jimeng-settings', {
      provideTextDocumentContent: async uri => (await settings()).settingsText(uri),
    }),
  );

  const gallery = () => import('../gallery/open-gallery.ts');
  command('openGallery', async () =>
    (await gallery()).openGallery(extensionUri, globalStorageUri, await deps()),
  );
  owned.add(
    vscode.window.registerWebviewPanelSerializer('jimeng.gallery', {
      deserializeWebviewPanel: async panel =>
        (await gallery()).showGallery(panel, extensionUri, globalStorageUri, await deps()),
    }),
  );

  const session = () => import('../session/commands.ts');
  command('setSessionId', async () => (await session()).setSession(await deps()));
  command('switchSessionId', async () => (await session()).switchSession(await deps()));
  command('clearSessionId', async () => (await session()).clearSession(await deps()));
  command('openSite', async () => (await session()).openSite(await deps()));

  const service = () => import('../service/commands.ts');
  command('checkCredits', async () => (await service()).checkCredits(await deps()));
  command('claimCredits', async () => (await service()).claimCredits(await deps()));
  command('startService', async () => (await service()).startService(await deps()));
  command('checkService', async () => (await service()).checkService(await deps()));
  command('setAddress', async () => (await service()).changeAddress(await deps()));
  command('useDemo', async () => (await service()).useDemo(await deps()));
  command('stopDemo', async () => (await service()).stopDemo(await deps()));
  command('diagnose', async () => (await import('../help/diagnose.ts')).diagnose(await deps()));

  command('getStarted', async () => (await import('../help/get-started.ts')).getStarted());
  command('openAgentsHelp', async () =>
    (await import('../help/get-started.ts')).openAgentsHelp(extensionUri),
  );
  command('copyMcpConfig', async () =>
    (await import('../agents/copy-mcp-config.ts')).copyMcpConfig(extensionUri),
  );
  command('insertAsyncClient', async () =>
    (await import('../agents/insert-client.ts')).insertAsyncClient(extensionUri),
  );

  const tasks = () => import('../tasks/commands.ts');
  for (const id of [
    'cancelTask',
    'stopWatching',
    'watchAgain',
    'fetchMissing',
    'runAgain',
    'editAndRunAgain',
    'choosePicture',
    'copyPrompt',
    'copyTaskId',
    'findAtService',
    'saveKept',
    'removeTask',
  ])
    command(id, async (row, selected) =>
      (await tasks()).runTaskCommand(id, row, selected, await deps()),
    );

  for (const id of ['cancelAllWaiting', 'pauseQueue', 'resumeQueue', 'clearFinished'])
    command(id, async () => (await tasks()).runQueueCommand(id, await deps()));
  command('openPictures', async row => (await tasks()).openPictures(row));
  command('showPictures', async row => (await tasks()).showPictures(row));
  const insert = () => import('../pages/insert.ts');
  command('insertPicture', async (file, selected) =>
    (await insert()).insertPicture(await deps(), lastEditor, file, selected),
  );
  command('insertForWeb', async (file, selected) =>
    (await insert()).insertForWeb(await deps(), lastEditor, file, selected),
  );
  command('continueInBackground', async id =>
    (await import('../generate/progress.ts')).continueInBackground(id),
  );
  command('filterTasks', async () => (await import('../tasks/filter.ts')).filterTasks(view));
  command('clearFilter', () => view.filter(''));
  command('showLog', () => log.show());
  return owned;
}
