import type * as vscode from 'vscode';
import { filesOf } from './uris.ts';

/** The files that a command is for: those that are selected in the Explorer or in the Tasks view, or the one alone. */
export function chosenFiles(file: unknown, selected: unknown): vscode.Uri[] {
  const rows: unknown[] = Array.isArray(selected) && selected.length > 0 ? selected : [file];
  return rows.flatMap(filesOf);
}
