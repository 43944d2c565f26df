import * as vscode from 'vscode';
import { kindOf } from '../../core/page/kinds.ts';
import { Disposables } from '../platform/disposables.ts';

/** Begins when the first page comes into sight; until then nothing more is loaded than this. */
export function onFirstPage(begin: () => void): Disposables {
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
