import { lstat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { FileState } from '../../core/gallery/facts-cache.ts';
import type { Thumbnails } from '../../core/gallery/thumbnails.ts';

/** A file's size and time. Undefined if there is none; a link does not count. */
export async function stateOf(uri: vscode.Uri): Promise<FileState | undefined> {
  try {
    if (uri.scheme === 'file') {
      const found = await lstat(uri.fsPath);
      return found.isFile() ? { bytes: found.size, modified: found.mtime.getTime() } : undefined;
    }
    const { type, size, mtime } = await vscode.workspace.fs.stat(uri);
    return type === vscode.FileType.File ? { bytes: size, modified: mtime } : undefined;
  } catch {
    return undefined;
  }
}

/** The path of a picture's thumbnail. Throws as `Thumbnails.get` does. */
export function thumbnailOf(
  uri: vscode.Uri,
  { bytes, modified }: FileState,
  thumbnails: Thumbnails,
  signal?: AbortSignal,
): Promise<string> {
  const source = async () =>
    uri.scheme === 'file' ? uri.fsPath : vscode.workspace.fs.readFile(uri);
  return thumbnails.get({ id: uri.toString(), bytes, modified, source }, signal);
}
