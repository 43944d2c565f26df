import type * as vscode from 'vscode';

const key = 'gallery.kept';

/** The files that a person marked as kept, by their URIs; remembered with the workspace. */
export class KeptMarks {
  readonly #memory: vscode.Memento;
  readonly #kept: Set<string>;

  constructor(workspaceMemory: vscode.Memento) {
    this.#memory = workspaceMemory;
    this.#kept = new Set(workspaceMemory.get<string[]>(key, []));
  }

  has(id: string): boolean {
    return this.#kept.has(id);
  }

  async set(ids: readonly string[], kept: boolean): Promise<void> {
    for (const id of ids)
      if (kept) this.#kept.add(id);
      else this.#kept.delete(id);
    await this.#memory.update(key, [...this.#kept]);
  }
}
