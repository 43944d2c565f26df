import * as vscode from 'vscode';
import type { FeatureContext } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';

/** The wizard, pictures from pictures, videos, and the settings that a picture was made with. */
export function registerGenerate({ deps, log }: FeatureContext): Disposables {
  const owned = new Disposables();
  const generate = async (request?: unknown) => {
    const [commands, { GenerationRequest }] = await Promise.all([
      import('./generate.ts'),
      import('../../core/request/schema.ts'),
    ]);
    const parsed = GenerationRequest.safeParse(request);
    return commands.generate(
      await deps(),
      parsed.success ? parsed.data : commands.requestOfSettings(),
    );
  };
  owned.command('generateImage', generate);
  owned.command('generateFromSelection', async () => {
    const [{ requestOfSettings }, { requestOfEditor }] = await Promise.all([
      import('./generate.ts'),
      import('./edit-prompt.ts'),
    ]);
    const request = requestOfEditor(requestOfSettings());
    return request && generate(request);
  });
  owned.command('continueInBackground', async id =>
    (await import('./progress.ts')).continueInBackground(id),
  );

  const commands = () => import('./generate.ts');
  owned.command('transformImage', async (file, selected) =>
    (await commands()).transformImage(await deps(), file, selected),
  );
  for (const id of ['generateVideo', 'videoFromThis'])
    owned.command(id, async (file, selected) =>
      (await commands()).generateVideo(await deps(), file, selected),
    );

  const settings = () => import('./picture-settings.ts');
  owned.command('showSettings', async row => (await settings()).showSettings(row, { log }));
  owned.command('runFromPicture', async row =>
    (await settings()).runFromPicture(row, await deps()),
  );
  owned.add(
    vscode.workspace.registerTextDocumentContentProvider('jimeng-settings', {
      provideTextDocumentContent: async uri => (await settings()).settingsText(uri),
    }),
  );
  return owned;
}
