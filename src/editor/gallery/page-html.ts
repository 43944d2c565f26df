import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The page: it may load nothing but its own two files and pictures of the folders that it was given. */
export function pageHtml(webview: vscode.Webview, dist: vscode.Uri): string {
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
