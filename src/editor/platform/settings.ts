import * as vscode from 'vscode';

/** The current settings; their defaults are only in the manifest. */
export const settings = {
  /**
   * Only the person's own value counts: neither a workspace nor a remote machine may decide where the session ID is sent.
   */
  get apiUrl(): string {
    return text('apiUrl', undefined, false);
  },
  outputDirectory: (folder?: vscode.Uri): string => text('outputDirectory', folder).trim() || 'pic',
  /** The chosen value of a picture option. Undefined: the built-in default. */
  option: (name: string): string | undefined => text(name).trim() || undefined,
  get mode(): 'now' | 'background' {
    return text('mode') === 'background' ? 'background' : 'now';
  },
  /** How many tasks are sent to the service at once. */
  get concurrency(): number {
    return number('concurrency', 1, 20) ?? 2;
  },
  /** How many generations a day agents may request. */
  get agentsDailyLimit(): number {
    return number('agents.dailyLimit', 0, 1_000) ?? 50;
  },
  /** When a task counts as slow; in ms. */
  get slowAfter(): number {
    return (number('slowAfter', 1, 24 * 60) ?? 10) * 60_000;
  },
  webhook: {
    get enabled(): boolean {
      return read('webhook.enabled', undefined, false) === true;
    },
    /** 0 picks a free one. */
    get port(): number {
      return number('webhook.port', 0, 65_535) ?? 0;
    },
    /** How the service reaches this machine; undefined: it runs here. */
    get publicUrl(): string | undefined {
      return text('webhook.publicUrl', undefined, false).trim() || undefined;
    },
  },
  /** Whether pages are scanned for missing pictures. */
  missingImages: (page: vscode.Uri): boolean => read('missingImages', page) !== false,
  /**
   * What pictures record about themselves. The person's own value only: the saving window is not always the requesting
   * one.
   */
  get metadata(): 'all' | 'noPrompt' {
    return text('metadata', undefined, false) === 'noPrompt' ? 'noPrompt' : 'all';
  },
  /** Whether prompts are also logged. */
  get logsPrompts(): boolean {
    return text('log') === 'prompts';
  },
};

/** A value of the wrong type, as in a damaged settings file, counts as missing. */
function text(key: string, scope?: vscode.Uri, ofWorkspace?: boolean): string {
  const value = read(key, scope, ofWorkspace);
  return typeof value === 'string' ? value : '';
}

/** A whole number, clamped to its limits. */
function number(key: string, least: number, most: number): number | undefined {
  const value = read(key, undefined, false);
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.min(Math.max(Math.round(value), least), most)
    : undefined;
}

/**
 * In an untrusted workspace only the person's own value counts; the manifest says so too, but another editor may not
 * support `restrictedConfigurations`.
 */
function read(key: string, scope?: vscode.Uri, ofWorkspace = vscode.workspace.isTrusted): unknown {
  const configuration = vscode.workspace.getConfiguration('jimeng', scope);
  const own = configuration.inspect<unknown>(key);
  return ofWorkspace ? configuration.get<unknown>(key) : (own?.globalValue ?? own?.defaultValue);
}
