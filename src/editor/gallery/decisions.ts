import * as vscode from 'vscode';
import { JimengError, joinSentences } from '../../core/service/failures/failures.ts';
import { stateOf } from '../platform/picture-file.ts';
import { isPlainFolder } from './disk.ts';
import type { PictureFile } from './picture-folder.ts';

const KEPT_KEY = 'gallery.kept';

/** The files that a person marked as kept, by their URIs; remembered with the workspace. */
export class KeptMarks {
  readonly #memory: vscode.Memento;
  readonly #kept: Set<string>;

  constructor(workspaceMemory: vscode.Memento) {
    this.#memory = workspaceMemory;
    this.#kept = new Set(workspaceMemory.get<string[]>(KEPT_KEY, []));
  }

  has(id: string): boolean {
    return this.#kept.has(id);
  }

  async set(ids: readonly string[], kept: boolean): Promise<void> {
    for (const id of ids)
      if (kept) this.#kept.add(id);
      else this.#kept.delete(id);
    await this.#memory.update(KEPT_KEY, [...this.#kept]);
  }
}

/** What became of files that were to be deleted. The others are where they were. */
export interface Deleted {
  /** In the trash. */
  trashed: vscode.Uri[];
  /** Gone for good. */
  removed: vscode.Uri[];
}

/**
 * Deletes these files and nothing else: into the trash where their file system has one, else permanently, once that is
 * confirmed. Throws JimengError where a folder above one is a link by now, and the file system's error.
 */
export async function deleteFiles(
  files: readonly Pick<PictureFile, 'uri' | 'folder'>[],
): Promise<Deleted> {
  for (const { uri, folder } of files) await assertPlainParents(uri, folder);
  const deleted: Deleted = { trashed: [], removed: [] };
  const left: (typeof files)[number][] = [];
  for (const file of files) {
    const { uri } = file;
    if (!(await stateOf(uri))) continue; // gone, or replaced by a folder or a link
    // A file system that has no trash says so by an error of no kind of its own.
    await vscode.workspace.fs.delete(uri, { useTrash: true }).then(
      () => deleted.trashed.push(uri),
      () => left.push(file),
    );
  }
  if (left.length === 0 || !(await confirmPermanent(left.length))) return deleted;
  for (const { uri, folder } of left) {
    await assertPlainParents(uri, folder); // the question may have been open for long
    if (!(await stateOf(uri))) continue;
    await vscode.workspace.fs.delete(uri);
    deleted.removed.push(uri);
  }
  return deleted;
}

/** Where the files went, as a sentence; empty where nothing was deleted. */
export function deletedText({ trashed, removed }: Deleted): string {
  const sentence = (count: number, one: string, many: string) =>
    count === 0 ? '' : count === 1 ? one : many;
  return joinSentences(
    sentence(
      trashed.length,
      vscode.l10n.t('The file was moved to the trash.'),
      vscode.l10n.t('{0} files were moved to the trash.', trashed.length),
    ),
    sentence(
      removed.length,
      vscode.l10n.t('The file was deleted permanently.'),
      vscode.l10n.t('{0} files were deleted permanently.', removed.length),
    ),
  );
}

async function confirmPermanent(count: number): Promise<boolean> {
  const remove = vscode.l10n.t('Delete Permanently');
  const question =
    count === 1
      ? vscode.l10n.t('Delete the file permanently?')
      : vscode.l10n.t('Delete {0} files permanently?', count);
  const detail = vscode.l10n.t('There is no trash here, so deleted files cannot be restored.');
  return (
    (await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) === remove
  );
}

/** A folder below the gallery's own may have come with a cloned repository as a link to somewhere else. */
async function assertPlainParents(file: vscode.Uri, folder: vscode.Uri): Promise<void> {
  let part = folder;
  for (const name of file.path
    .slice(folder.path.length + 1)
    .split('/')
    .slice(0, -1)) {
    part = vscode.Uri.joinPath(part, name);
    if ((await isPlainFolder(part)) === false)
      throw new JimengError({
        kind: 'folderNotWritable',
        detail: vscode.l10n.t(
          '{0} is a link or a file where a folder should be; nothing was deleted.',
          vscode.workspace.asRelativePath(part),
        ),
      });
  }
}
