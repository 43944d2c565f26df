import * as vscode from 'vscode';
import { kindAt } from '../../core/page/kinds.ts';
import { relativePath } from '../../core/page/paths.ts';
import { snippetFor, type PagePicture } from '../../core/page/snippet.ts';
import type { SavedPicture, Task } from '../../core/queue/task.ts';
import { uriOf } from '../platform/files.ts';

/** A picture or video for a page. */
export interface Insertion extends Omit<PagePicture, 'path' | 'sources'> {
  uri: vscode.Uri;
  sources?: readonly { uri: vscode.Uri; width: number }[];
}

export function insertionOf(picture: SavedPicture, { request }: Task): Insertion {
  const { width, height } = picture;
  return {
    uri: uriOf(picture),
    alt: request.prompt,
    size: { width, height },
    video: request.kind === 'video',
  };
}

/** A snippet for this position of a document, in its language. Empty if nothing can be shown there. */
export function snippetAt(
  document: vscode.TextDocument,
  position: vscode.Position,
  insertions: readonly Insertion[],
): vscode.SnippetString {
  const before = document.getText(new vscode.Range(new vscode.Position(0, 0), position));
  const page = document.isUntitled
    ? vscode.Uri.joinPath(
        vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/'),
        'untitled',
      )
    : document.uri;
  const pathOf = (uri: vscode.Uri) => relativePath(page.path, uri.path);
  const pictures = insertions.map(({ uri, sources, ...picture }): PagePicture => ({
    ...picture,
    path: pathOf(uri),
    ...(sources && {
      sources: sources.map(source => ({ path: pathOf(source.uri), width: source.width })),
    }),
  }));
  const value = /:[^;{}]*$/.test(before.slice(-1_000)); // after a property name
  return new vscode.SnippetString(
    snippetFor(kindAt(document.languageId, before), pictures, !value),
  );
}
