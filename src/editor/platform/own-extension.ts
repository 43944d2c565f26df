import * as vscode from 'vscode';

/** This extension, by name: a custom build may have another publisher. */
export function ownExtension(): vscode.Extension<unknown> | undefined {
  return vscode.extensions.all.find(({ id }) => id.endsWith('.jimeng'));
}

/** The versions for a report. */
export function versions(): string {
  const manifest = ownExtension()?.packageJSON as { version: string } | undefined;
  return [
    `Jimeng ${manifest?.version ?? '?'}`,
    `${vscode.env.appName} ${vscode.version}`,
    `${process.platform} ${process.arch}`,
  ].join(' · ');
}

/** The folder of the built files, with a trailing slash. @param extension the extension's own folder */
export function dist(extension: vscode.Uri): URL {
  return new URL(vscode.Uri.joinPath(extension, 'dist/').toString(true));
}

/** The folder of the WebAssembly codecs. */
export function codecs(extension: vscode.Uri): URL {
  return new URL('codecs/', dist(extension));
}
