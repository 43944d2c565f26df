import * as vscode from 'vscode';
import type { Input } from '../../core/inputs/content.ts';
import { openFile } from '../../core/inputs/open-file.ts';

/** An input picture: on a local disk it is read only while it is sent, elsewhere by the editor. */
export async function openInput(uri: string): Promise<Input> {
  const file = vscode.Uri.parse(uri);
  if (file.scheme === 'file') return openFile(uri);
  return new Blob([new Uint8Array(await vscode.workspace.fs.readFile(file))]);
}
