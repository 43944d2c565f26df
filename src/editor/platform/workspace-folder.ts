import * as vscode from 'vscode';
import { stemOf, type Folder, type Saving } from '../../core/output/folder.ts';

/**
 * A folder that is not on a local disk. `workspace.fs` has no exclusive create, links or fsync: a picture is written to a
 * temporary name and renamed without overwriting, which is as safe as the file system provider makes it.
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
    for (let time = stamp.getTime(); names.some(name => name.startsWith(`${stem}_`)); time += 1_000)
      stem = stemOf(new Date(time));
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

  /** An earlier save's pictures cannot be recognised here; at worst a picture is saved twice. */
  find(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async write(index: number, extension: string, content: Uint8Array | Blob): Promise<string> {
    const part = vscode.Uri.joinPath(
      this.#folder,
      `.${this.#stem}_${index + 1}_${this.#taskId}.part`,
    );
    const named = (attempt: number) =>
      vscode.Uri.joinPath(this.#folder, `${this.#stem}_${index + 1 + attempt}.${extension}`);
    return (
      await putRenamed(part, content instanceof Blob ? await content.bytes() : content, named)
    ).toString();
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Writes a file to a temporary name, and renames it to the first free one, which it returns. Throws the file system's
 * error.
 * @param part a unique temporary name
 * @param isSame whether an existing file can be reused
 */
export async function putRenamed(
  part: vscode.Uri,
  bytes: Uint8Array,
  named: (attempt: number) => vscode.Uri,
  isSame?: (taken: vscode.Uri) => Promise<boolean>,
): Promise<vscode.Uri> {
  await vscode.workspace.fs.writeFile(part, bytes);
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        await vscode.workspace.fs.rename(part, named(attempt), { overwrite: false });
        return named(attempt);
      } catch (error) {
        if (!(error instanceof vscode.FileSystemError && error.code === 'FileExists')) throw error;
      }
      if (await isSame?.(named(attempt)).catch(() => false)) {
        await vscode.workspace.fs.delete(part);
        return named(attempt);
      }
    }
  } catch (error) {
    await vscode.workspace.fs.delete(part);
    throw error;
  }
}
