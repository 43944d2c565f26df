import type * as vscode from 'vscode';

/** Owns what is added to it. */
export class Disposables implements vscode.Disposable {
  readonly #items: vscode.Disposable[] = [];

  /** Returns its argument, so that a thing is owned where it is made. */
  add<T extends vscode.Disposable>(item: T): T {
    this.#items.push(item);
    return item;
  }

  dispose(): void {
    for (const item of this.#items.splice(0).reverse()) item.dispose();
  }
}
