import * as vscode from 'vscode';
import type { Deps } from '../platform/deps.ts';
import { Gallery } from './gallery.ts';
import { galleryFolders } from './places.ts';

/** The kind of panel; a window that is reloaded brings panels of this kind back. */
export const galleryType = 'jimeng.gallery';

/** There is one in a window. */
let shown: vscode.WebviewPanel | undefined;

/** "Open Gallery": the pictures and videos of the workspace. */
export async function openGallery(
  extension: vscode.Uri,
  storage: vscode.Uri,
  deps: Deps,
): Promise<void> {
  if (shown) {
    shown.reveal();
    return;
  }
  const panel = vscode.window.createWebviewPanel(galleryType, '', vscode.ViewColumn.Active);
  await showGallery(panel, extension, storage, deps);
}

/** Fills a panel: a new one, or one that a reload of the window has brought back. */
export async function showGallery(
  panel: vscode.WebviewPanel,
  extension: vscode.Uri,
  storage: vscode.Uri,
  deps: Deps,
): Promise<void> {
  shown = panel;
  panel.title = vscode.l10n.t('Jimeng Gallery');
  panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.png');
  const closed = new AbortController();
  panel.onDidDispose(() => {
    closed.abort();
    if (shown === panel) shown = undefined;
  });
  const folders = await galleryFolders(deps.memory);
  if (closed.signal.aborted) return;
  const gallery = new Gallery(panel, {
    deps,
    dist: vscode.Uri.joinPath(extension, 'dist', 'gallery'),
    storage,
    folders,
  });
  panel.onDidDispose(() => gallery.dispose());
}
