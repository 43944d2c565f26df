import * as vscode from 'vscode';

/** Owns what is added to it. */
export class Disposables implements vscode.Disposable {
  readonly #items: vscode.Disposable[] = [];

  /** Returns its argument, so that a resource is owned where it is created. */
  add<T extends vscode.Disposable>(item: T): T {
    this.#items.push(item);
    return item;
  }

  /** Registers a command of the manifest. @param id without `jimeng.` */
  command(id: string, run: (...args: unknown[]) => unknown): void {
    this.add(vscode.commands.registerCommand(`jimeng.${id}`, run));
  }

  dispose(): void {
    for (const item of this.#items.splice(0).reverse()) item.dispose();
  }
}
