import * as vscode from 'vscode';
import type { Decision } from '../../core/gallery/protocol.ts';
import { discard, move, archive, restore, type Move } from './archive.ts';
import { homeOf } from './places.ts';
import type { PictureFile } from './picture-folder.ts';

const keptKey = 'gallery.kept';

/** What was moved, and which of those files were kept before. */
interface Undo {
  moves: Move[];
  kept: string[];
}

/** What a person decides about pictures, and how it is taken back. Marks are kept with the workspace, by where the files belong. */
export class Decisions {
  readonly #memory: vscode.Memento;
  readonly #kept: Set<string>;
  readonly #undo: Undo[] = [];

  constructor(workspaceMemory: vscode.Memento) {
    this.#memory = workspaceMemory;
    this.#kept = new Set(workspaceMemory.get<string[]>(keptKey, []));
  }

  isKept(home: string): boolean {
    return this.#kept.has(home);
  }

  /** Files that "Undo" would move back now. */
  get undoable(): number | undefined {
    return this.#undo.at(-1)?.moves.length;
  }

  /** Returns the places where something has changed. Throws the file system's error, after what could be done. */
  async decide(decision: Decision, files: readonly PictureFile[]): Promise<vscode.Uri[]> {
    switch (decision) {
      case 'keep':
      case 'undecide':
        return this.#mark(files, decision === 'keep');
      case 'aside': {
        const kept = files.filter(({ home }) => this.#kept.has(home)).map(({ home }) => home);
        await this.#mark(files, false);
        return this.#move(files, kept, archive);
      }
      case 'restore':
        return this.#move(files, [], restore);
      case 'delete':
        return discard(files);
    }
  }

  /** Moves the files of the last decision back. Throws the file system's error. */
  async undo(): Promise<vscode.Uri[]> {
    const last = this.#undo.pop();
    if (!last) return [];
    const changed: vscode.Uri[] = [];
    for (const { from, to, folder } of last.moves) {
      // What has gone meanwhile, to the trash or elsewhere, cannot come back.
      if (
        await vscode.workspace.fs.stat(to).then(
          () => false,
          () => true,
        )
      )
        continue;
      const back = await move(to, from, folder);
      changed.push(back.from, back.to);
    }
    for (const home of last.kept) this.#kept.add(home);
    await this.#save();
    return changed;
  }

  async #mark(files: readonly PictureFile[], kept: boolean): Promise<vscode.Uri[]> {
    for (const { home } of files)
      if (kept) this.#kept.add(home);
      else this.#kept.delete(home);

    await this.#save();
    return files.map(({ uri }) => uri);
  }

  async #move(
    files: readonly PictureFile[],
    kept: string[],
    action: (file: PictureFile) => Promise<Move>,
  ): Promise<vscode.Uri[]> {
    const moves: Move[] = [];
    try {
      for (const file of files) moves.push(await action(file));
    } finally {
      if (moves.length > 0) this.#undo.push({ moves, kept });
    }
    return moves.flatMap(({ from, to }) => [from, to, homeOf(to)]);
  }

  async #save(): Promise<void> {
    await this.#memory.update(keptKey, [...this.#kept]);
  }
}
