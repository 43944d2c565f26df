import * as vscode from 'vscode';
import type { SavedPicture } from '../core/task.ts';

/** The ledger has a path for what is on a local disk, and a URI for the rest. */
export function uriOf({ path }: Pick<SavedPicture, 'path'>): vscode.Uri {
  return /^[a-z][\w+.-]+:\/\//i.test(path) ? vscode.Uri.parse(path) : vscode.Uri.file(path);
}
