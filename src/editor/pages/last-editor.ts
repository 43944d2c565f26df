import * as vscode from 'vscode';
import { promptLanguage } from '../generate/edit-prompt.ts';

/** Documents that are not the person's files. */
const foreign = new Set([
  'output',
  'debug',
  'comment',
  'git',
  'vscode-scm',
  'vscode-notebook-cell',
]);

/** The last used text editor; opening a picture or a view does not change it. */
export class LastEditor implements vscode.Disposable {
  #last: { document: vscode.TextDocument; column: vscode.ViewColumn | undefined } | undefined;
  readonly #listener: vscode.Disposable;

  constructor() {
    this.#remember(vscode.window.activeTextEditor);
    this.#listener = vscode.window.onDidChangeActiveTextEditor(editor => this.#remember(editor));
  }

  /** Undefined if it was closed. */
  get document(): vscode.TextDocument | undefined {
    const document = this.#last?.document;
    const shown = (tab: vscode.Tab) =>
      tab.input instanceof vscode.TabInputText &&
      tab.input.uri.toString() === document?.uri.toString();
    return document &&
      !document.isClosed &&
      vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(shown))
      ? document
      : undefined;
  }

  /** Brings it to the front, with its cursors unchanged. */
  async show(): Promise<vscode.TextEditor | undefined> {
    const { document } = this;
    if (!document) return undefined;
    const column = this.#last?.column;
    return vscode.window.showTextDocument(
      document,
      column === undefined ? {} : { viewColumn: column },
    );
  }

  dispose(): void {
    this.#listener.dispose();
  }

  #remember(editor: vscode.TextEditor | undefined): void {
    if (
      !editor ||
      foreign.has(editor.document.uri.scheme) ||
      editor.document.languageId === promptLanguage
    )
      return;
    this.#last = { document: editor.document, column: editor.viewColumn };
  }
}
