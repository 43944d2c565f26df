import * as vscode from 'vscode';
import type { GalleryAction } from '../../core/gallery/protocol.ts';
import type { FeatureContext } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';

const prefix = 'gallery.';

/** The gallery of the workspace's pictures, its context menu, and its panel after a reload of the window. */
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
  for (const id of [
    'gallery.fullSize',
    'gallery.compare',
    'gallery.keep',
    'gallery.undecide',
    'gallery.keepOnly',
    'gallery.delete',
    'gallery.insert',
    'gallery.insertForWeb',
    'gallery.transform',
    'gallery.video',
    'gallery.runAgain',
    'gallery.showSettings',
    'gallery.open',
    'gallery.reveal',
    'gallery.copyPath',
    'gallery.copyPrompt',
  ] satisfies `${typeof prefix}${GalleryAction}`[])
    owned.command(id, async () =>
      (await gallery()).runInGallery(id.slice(prefix.length) as GalleryAction),
    );
  return owned;
}
