import * as vscode from 'vscode';
import { stemOf, type Folder, type Saving } from '../core/pictures/folder.ts';

/**
 * A folder that is not on a local disk. `workspace.fs` has no exclusive create, no links and no fsync: a picture is
 * written beside its name and renamed without overwriting, which is as safe as the file system's provider makes it.
 */
export class WorkspaceFolder implements Folder {
  readonly #uri: vscode.Uri;

  constructor(uri: string) {
    this.#uri = vscode.Uri.parse(uri);
  }

  async begin(taskId: string, stamp: Date): Promise<Saving> {
    await vscode.workspace.fs.createDirectory(this.#uri);
    const names = (await vscode.workspace.fs.readDirectory(this.#uri)).map(([name]) => name);
    let stem = stemOf(stamp);
    for (let time = stamp.getTime(); names.some(name => name.startsWith(`${stem}_`)); time += 1_000) { stem = stemOf(new Date(time)); }
    return new WorkspaceSaving(this.#uri, stem, taskId);
  }
}

class WorkspaceSaving implements Saving {
  readonly #folder: vscode.Uri;
  readonly #stem: string;
  readonly #taskId: string;

  constructor(folder: vscode.Uri, stem: string, taskId: string) {
    this.#folder = folder;
    this.#stem = stem;
    this.#taskId = taskId;
  }

  /** Nothing tells an earlier saving's pictures from others here; at worst a picture is saved twice. */
  find(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async put(index: number, extension: string, content: Uint8Array | Blob): Promise<string> {
    const part = vscode.Uri.joinPath(this.#folder, `.${this.#stem}_${index + 1}_${this.#taskId}.part`);
    await vscode.workspace.fs.writeFile(part, content instanceof Blob ? await content.bytes() : content);
    try {
      for (let n = index + 1; ; n++) {
        const target = vscode.Uri.joinPath(this.#folder, `${this.#stem}_${n}.${extension}`);
        try {
          await vscode.workspace.fs.rename(part, target, { overwrite: false });
          return target.toString();
        } catch (error) {
          if (!(error instanceof vscode.FileSystemError && error.code === 'FileExists')) { throw error; }
        }
      }
    } catch (error) {
      await vscode.workspace.fs.delete(part);
      throw error;
    }
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}
