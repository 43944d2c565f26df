import * as vscode from 'vscode';
import type { Input } from '../../core/inputs/content.ts';
import { openFile } from '../../core/inputs/open-file.ts';

/** A picture that others are made from: on a local disk it is read only as it is sent, elsewhere by the editor. */
export async function openInput(uri: string): Promise<Input> {
  const file = vscode.Uri.parse(uri);
  if (file.scheme === 'file') return openFile(uri);
  return new Blob([new Uint8Array(await vscode.workspace.fs.readFile(file))]);
}
