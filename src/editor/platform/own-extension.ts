import * as vscode from 'vscode';

/** The extension itself, by its name: the publisher is another one in a build of one's own. */
export function ownExtension(): vscode.Extension<unknown> | undefined {
  return vscode.extensions.all.find(({ id }) => id.endsWith('.jimeng'));
}

/** The versions that a report is about. */
export function versions(): string {
  const manifest = ownExtension()?.packageJSON as { version: string } | undefined;
  return [
    `Jimeng ${manifest?.version ?? '?'}`,
    `${vscode.env.appName} ${vscode.version}`,
    `${process.platform} ${process.arch}`,
  ].join(' · ');
}

/** The folder of the built files, with a slash at the end. @param extension the extension's own folder */
export function dist(extension: vscode.Uri): URL {
  return new URL(vscode.Uri.joinPath(extension, 'dist/').toString(true));
}

/** The folder of the WebAssembly codecs. */
export function codecs(extension: vscode.Uri): URL {
  return new URL('codecs/', dist(extension));
}
