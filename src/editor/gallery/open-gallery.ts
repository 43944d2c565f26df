import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { GalleryAction } from '../../core/gallery/protocol.ts';
import { folderOf, mayBeUsed } from '../generate/output-folder.ts';
import type { Deps } from '../platform/deps.ts';
import { Gallery } from './gallery.ts';

/** The kind of panel; a window that is reloaded brings panels of this kind back. */
export const galleryType = 'jimeng.gallery';

/** There is one in a window. */
let shown: vscode.WebviewPanel | undefined;
let gallery: Gallery | undefined;

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
  const dist = vscode.Uri.joinPath(extension, 'dist', 'gallery');
  const opened = new Gallery(panel, { deps, dist, storage, folders });
  panel.webview.html = pageHtml(panel.webview, dist);
  gallery = opened;
  panel.onDidDispose(() => {
    opened.dispose();
    if (gallery === opened) gallery = undefined;
  });
}

/** Chosen in the page's context menu: the page knows what is selected. */
export function runInGallery(action: GalleryAction): void {
  gallery?.run(action);
}

/** The folders that pictures are saved into, one for each workspace folder; none that would have to be confirmed first. */
async function galleryFolders(memory: vscode.Memento): Promise<vscode.Uri[]> {
  const folders = new Map<string, vscode.Uri>();
  for (const workspace of vscode.workspace.workspaceFolders ?? []) {
    const chosen = folderOf(workspace);
    const folder = chosen.with({ path: chosen.path.replace(/\/+$/, '') }); // "pictures/"
    if (await mayBeUsed(folder, workspace, memory).catch(() => false))
      folders.set(folder.toString(), folder);
  }
  return [...folders.values()];
}

/** The page: it may load nothing but its own two files and pictures of the folders that it was given. */
function pageHtml(webview: vscode.Webview, dist: vscode.Uri): string {
  const address = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    ...['img-src', 'media-src', 'style-src'].map(kind => `${kind} ${webview.cspSource}`),
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  // JSON inside a script element: only the less-than sign could end it.
  const texts = JSON.stringify(vscode.l10n.bundle ?? {}).replaceAll('<', '\\u003c');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${address('page.css')}">
<script type="application/json" id="l10n" nonce="${nonce}">${texts}</script>
</head>
<body data-vscode-context='{"preventDefaultContextMenuItems":true}'>
<div id="root"></div>
<script nonce="${nonce}" src="${address('page.js')}"></script>
</body>
</html>`;
}
