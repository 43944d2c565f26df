import * as vscode from 'vscode';

/** The folder of the built files, with a slash at the end. */
export function dist(extension: vscode.Uri): URL {
  return new URL(vscode.Uri.joinPath(extension, 'dist/').toString(true));
}

export function codecs(extension: vscode.Uri): URL {
  return new URL('codecs/', dist(extension));
}
