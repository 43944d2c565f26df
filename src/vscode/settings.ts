import * as vscode from 'vscode';

/** The settings as they are now; their defaults stand in the manifest only. */
export const settings = {
  /** Only the person's own one counts: neither a workspace nor a remote machine may say where the session ID goes. */
  get apiUrl(): string { return read('apiUrl', '', undefined, false); },
  outputDirectory: (folder?: vscode.Uri): string => read('outputDirectory', '', folder).trim() || 'pic',
  /** Undefined: the built-in default. */
  get model(): string | undefined { return read('model', '').trim() || undefined; },
  get ratio(): string | undefined { return read('ratio', '') || undefined; },
  get resolution(): string | undefined { return read('resolution', '') || undefined; },
  /** Whether prompts are written into the log too. */
  get logsPrompts(): boolean { return read('log', 'requests') === 'prompts'; },
  get mode(): 'now' | 'background' { return read('mode', 'now') === 'background' ? 'background' : 'now'; },
};

/**
 * A value of the wrong type, as in a damaged settings file, counts as not given. In a workspace that is not trusted only
 * the person's own value counts; the manifest says so too, but another editor may not know `restrictedConfigurations`.
 */
function read(key: string, fallback: string, scope?: vscode.Uri, ofWorkspace = vscode.workspace.isTrusted): string {
  const configuration = vscode.workspace.getConfiguration('jimeng', scope);
  const own = configuration.inspect<unknown>(key);
  const value = ofWorkspace ? configuration.get<unknown>(key) : own?.globalValue ?? own?.defaultValue;
  return typeof value === 'string' ? value : fallback;
}
