import * as vscode from 'vscode';

/** The settings as they are now; their defaults stand in the manifest only. */
export const settings = {
  /** Scope `application`: neither a workspace nor a remote machine can set it. */
  get apiUrl(): string { return read('apiUrl', ''); },
  outputDirectory: (folder: vscode.Uri): string => read('outputDirectory', '', folder).trim() || 'pic',
  /** Undefined: the built-in default. */
  get model(): string | undefined { return read('model', '').trim() || undefined; },
  get ratio(): string | undefined { return read('ratio', '') || undefined; },
  get resolution(): string | undefined { return read('resolution', '') || undefined; },
  get mode(): 'now' | 'background' { return read('mode', 'now') === 'background' ? 'background' : 'now'; },
};

/** A value of the wrong type, as in a damaged settings file, counts as not given. */
function read(key: string, fallback: string, scope?: vscode.Uri): string {
  const value = vscode.workspace.getConfiguration('jimeng', scope).get<unknown>(key);
  return typeof value === 'string' ? value : fallback;
}
