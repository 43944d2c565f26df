import * as vscode from 'vscode';
import type { Ledger } from '../../core/queue/store.ts';
import { chosenFiles, uriOf } from '../platform/files.ts';
import type { Deps } from '../platform/deps.ts';
import { factsOf } from '../gallery/disk.ts';
import { reportError } from '../platform/show-failure.ts';
import { insertionOf, snippetAt, type Insertion } from './into-page.ts';
import type { LastEditor } from './last-editor.ts';
import { forWeb } from './for-web.ts';
import { pickPicture, pickSeveral } from './pick-picture.ts';
import { picturesOf, taskOf } from '../tasks/view/nodes.ts';

/**
 * "Insert into Editor": inserts the chosen pictures and videos at the cursors of the last used editor. Of a task's pictures
 * the person chooses.
 */
export function insertPicture(
  deps: Deps,
  editor: LastEditor,
  file: unknown,
  selected: unknown,
): Promise<void> {
  const title = vscode.l10n.t('Jimeng: Insert into Editor');
  return insertInto(deps, editor, { file, selected, title }, insertions =>
    Promise.resolve(insertions),
  );
}

/** "Insert for the Web…": the same as smaller WebP pictures, which are first created next to the originals. */
export function insertForWeb(
  deps: Deps,
  editor: LastEditor,
  file: unknown,
  selected: unknown,
): Promise<void> {
  const title = vscode.l10n.t('Jimeng: Insert for the Web');
  return insertInto(deps, editor, { file, selected, title }, insertions =>
    forWeb(
      insertions.filter(({ video }) => !video),
      deps,
    ),
  );
}

/** What a command was called for. */
interface Chosen {
  file: unknown;
  selected: unknown;
  /** Of the question which picture is meant. */
  title: string;
}

async function insertInto(
  deps: Deps,
  last: LastEditor,
  chosen: Chosen,
  prepare: (insertions: Insertion[]) => Promise<Insertion[] | undefined>,
): Promise<void> {
  try {
    if (!last.document) {
      showNoEditor();
      return;
    }
    const files = await filesToInsert(chosen);
    if (files.length === 0) return;
    const prepared = await prepare(await insertionsOf(files, deps.services.ledger));
    if (!prepared || prepared.length === 0) return;
    const editor = await last.show();
    if (!editor) {
      showNoEditor();
      return;
    }
    const snippet = snippetAt(editor.document, editor.selection.active, prepared);
    if (snippet.value === '')
      void vscode.window.showInformationMessage(
        vscode.l10n.t('A style sheet cannot show a video. Put the cursor in a page.'),
      );
    else if (!(await editor.insertSnippet(snippet, editor.selections)))
      void vscode.window.showErrorMessage(
        vscode.l10n.t(
          'This document is read-only. Put the cursor in an editable one, then insert again.',
        ),
      );
  } catch (error) {
    await reportError(error, deps.log);
  }
}

/** All that is selected; of a single task with several pictures those that the person picks. */
async function filesToInsert({ file, selected, title }: Chosen): Promise<readonly vscode.Uri[]> {
  const isSingle = !Array.isArray(selected) || selected.length <= 1;
  const pictures = isSingle && taskOf(file) ? picturesOf(file) : [];
  if (pictures.length <= 1) return chosenFiles(file, selected);
  const placeholder = vscode.l10n.t('Which picture should be inserted?');
  const chosen = await pickPicture(pictures, { title, placeholder }, [
    { label: `$(checklist) ${vscode.l10n.t('Several…')}`, several: true },
    { label: `$(check-all) ${vscode.l10n.t('All {0} Pictures', pictures.length)}` },
  ]);
  if (!chosen) return [];
  if (chosen.picture) return [uriOf(chosen.picture)];
  const several = vscode.l10n.t('Which pictures should be inserted?');
  const all = chosen.several
    ? await pickSeveral(pictures, { title, placeholder: several })
    : pictures;
  return all.map(uriOf);
}

function showNoEditor(): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'No page is open. Open the file, put the cursor where the picture belongs, then insert again.',
    ),
  );
}

/** With what the ledger knows about these files, or else just the files. */
async function insertionsOf(files: readonly vscode.Uri[], ledger: Ledger): Promise<Insertion[]> {
  const known = new Map<string, Insertion>();
  for (const task of await ledger.all())
    for (const picture of 'files' in task.state ? task.state.files : [])
      known.set(uriOf(picture).toString(), insertionOf(picture, task));

  return Promise.all(files.map(async uri => known.get(uri.toString()) ?? insertionFrom(uri)));
}

async function insertionFrom(uri: vscode.Uri): Promise<Insertion> {
  if (/\.(mp4|mov|webm)$/i.test(uri.path)) return { uri, alt: '', video: true };
  const { size, settings } = (await factsOf(uri)) ?? {}; // it is named anyway
  return { uri, alt: settings?.request.prompt ?? '', ...(size && { size }), video: false };
}
