import * as vscode from 'vscode';
import type { FeatureContext } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';

/** The gallery of the workspace's pictures, and its panel after a reload of the window. */
export function registerGallery({ context, deps }: FeatureContext): Disposables {
  const owned = new Disposables();
  const { extensionUri, globalStorageUri } = context;
  const gallery = () => import('./open-gallery.ts');
  owned.command('openGallery', async () =>
    (await gallery()).openGallery(extensionUri, globalStorageUri, await deps()),
  );
  owned.add(
    vscode.window.registerWebviewPanelSerializer('jimeng.gallery', {
      deserializeWebviewPanel: async panel =>
        (await gallery()).showGallery(panel, extensionUri, globalStorageUri, await deps()),
    }),
  );
  return owned;
}
