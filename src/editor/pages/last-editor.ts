import * as vscode from 'vscode';
import { promptLanguage } from '../generate/edit-prompt.ts';

/** Documents that are no files of the person's. */
const foreign = new Set([
  'output',
  'debug',
  'comment',
  'git',
  'vscode-scm',
  'vscode-notebook-cell',
]);

/** The text editor that was last in use: a picture or a view that is opened meanwhile does not change it. */
export class LastEditor implements vscode.Disposable {
  #last: { document: vscode.TextDocument; column: vscode.ViewColumn | undefined } | undefined;
  readonly #listener: vscode.Disposable;

  constructor() {
    this.#remember(vscode.window.activeTextEditor);
    this.#listener = vscode.window.onDidChangeActiveTextEditor(editor => this.#remember(editor));
  }

  /** Undefined where it was closed. */
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

  /** Brings it to the front, with its cursors as they were. */
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
