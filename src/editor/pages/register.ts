import * as vscode from 'vscode';
import { kindOf } from '../../core/page/kinds.ts';
import { inBackground } from '../platform/background.ts';
import type { FeatureContext } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';
import { LastEditor } from './last-editor.ts';

/** Pictures on pages: inserted, dropped, and missing ones. */
export function registerPages({ deps, log }: FeatureContext): Disposables {
  const owned = new Disposables();
  const lastEditor = owned.add(new LastEditor());
  const insert = () => import('./insert.ts');
  owned.command('insertPicture', async (file, selected) =>
    (await insert()).insertPicture(await deps(), lastEditor, file, selected),
  );
  owned.command('insertForWeb', async (file, selected) =>
    (await insert()).insertForWeb(await deps(), lastEditor, file, selected),
  );
  owned.add(onFirstPage(() => inBackground(followPages(owned), log)));
  return owned;
}

async function followPages(owned: Disposables): Promise<void> {
  const [{ registerDrop }, { MissingImages }] = await Promise.all([
    import('./drag.ts'),
    import('./missing-images.ts'),
  ]);
  owned.add(registerDrop());
  owned.add(new MissingImages());
}

/** Calls back when the first page is shown; until then only this is loaded. */
function onFirstPage(begin: () => void): Disposables {
  const owned = new Disposables();
  const look = (editors: readonly vscode.TextEditor[]) => {
    if (!editors.some(({ document }) => kindOf(document.languageId))) return;
    owned.dispose();
    begin();
  };
  owned.add(vscode.window.onDidChangeVisibleTextEditors(look));
  look(vscode.window.visibleTextEditors);
  return owned;
}
