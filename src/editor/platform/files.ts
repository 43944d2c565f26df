import * as vscode from 'vscode';
import type { SavedPicture } from '../../core/queue/task.ts';
import { picturesOf } from '../tasks/view/nodes.ts';

/** The ledger stores a path for files on a local disk, and a URI for others. */
export function uriOf({ path }: Pick<SavedPicture, 'path'>): vscode.Uri {
  return /^[a-z][\w+.-]+:\/\//i.test(path) ? vscode.Uri.parse(path) : vscode.Uri.file(path);
}

/** The files of a row of the Explorer or of the Tasks view. */
export function filesOf(row: unknown): vscode.Uri[] {
  return row instanceof vscode.Uri ? [row] : picturesOf(row).map(uriOf);
}

/** The files that a command is for: those selected in the Explorer or in the Tasks view, or a single one. */
export function chosenFiles(file: unknown, selected: unknown): vscode.Uri[] {
  const rows: unknown[] = Array.isArray(selected) && selected.length > 0 ? selected : [file];
  return rows.flatMap(filesOf);
}
