import * as vscode from 'vscode';

/** The extension itself, by its name: the publisher is another one in a build of one's own. */
export function ownExtension(): vscode.Extension<unknown> | undefined {
  return vscode.extensions.all.find(({ id }) => id.endsWith('.jimeng'));
}

/** What a report has to say of the place it comes from. */
export function versions(): string {
  const manifest = ownExtension()?.packageJSON as { version: string } | undefined;
  return [
    `Jimeng ${manifest?.version ?? '?'}`,
    `${vscode.env.appName} ${vscode.version}`,
    `${process.platform} ${process.arch}`,
  ].join(' · ');
}
