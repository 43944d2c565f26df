import * as vscode from 'vscode';
import { pageLanguages } from '../../core/page/kinds.ts';
import type { Node } from '../tasks/view/nodes.ts';
import { snippetAt, type Insertion } from './into-page.ts';

/** Pictures dragged from the Tasks view, with what the ledger knows about them: bare addresses contain no prompt. */
const mime = 'application/vnd.jimeng.pictures';

/** The transferred data: an insertion whose address is text. */
type Dragged = Omit<Insertion, 'uri' | 'sources'> & { uri: string };

/** Pictures and tasks can be dragged out of the view, and nothing into it. @param insertions the pictures of a row */
export function dragFrom(
  insertions: (node: Node) => Insertion[],
): vscode.TreeDragAndDropController<Node> {
  return {
    dragMimeTypes: ['text/uri-list', mime],
    dropMimeTypes: [],
    handleDrag(nodes, transfer) {
      const dragged = nodes.flatMap(insertions);
      if (dragged.length === 0) return;
      transfer.set(
        'text/uri-list',
        new vscode.DataTransferItem(dragged.map(({ uri }) => uri.toString()).join('\r\n')),
      );
      transfer.set(
        mime,
        new vscode.DataTransferItem(
          JSON.stringify(
            dragged.map(({ uri, ...rest }): Dragged => ({ ...rest, uri: uri.toString() })),
          ),
        ),
      );
    },
  };
}

/** Drops such pictures into a page like "Insert into Editor". */
export function registerDrop(): vscode.Disposable {
  return vscode.languages.registerDocumentDropEditProvider(
    pageLanguages.map(language => ({ language })),
    {
      async provideDocumentDropEdits(document, position, transfer) {
        const dragged = JSON.parse((await transfer.get(mime)?.asString()) ?? '[]') as Dragged[];
        const snippet = snippetAt(
          document,
          position,
          dragged.map(({ uri, ...rest }) => ({ ...rest, uri: vscode.Uri.parse(uri) })),
        );
        return snippet.value === ''
          ? undefined
          : new vscode.DocumentDropEdit(
              snippet,
              vscode.l10n.t('Insert the Picture with Its Prompt'),
              vscode.DocumentDropOrPasteEditKind.Empty.append('jimeng', 'picture'),
            );
      },
    },
    {
      dropMimeTypes: [mime],
      providedDropEditKinds: [vscode.DocumentDropOrPasteEditKind.Empty.append('jimeng', 'picture')],
    },
  );
}
