import * as vscode from 'vscode';

/** The settings as they are now; their defaults are in the manifest only. */
export const settings = {
  /** Only the person's own one counts: neither a workspace nor a remote machine may say where the session ID goes. */
  get apiUrl(): string {
    return text('apiUrl', undefined, false);
  },
  outputDirectory: (folder?: vscode.Uri): string => text('outputDirectory', folder).trim() || 'pic',
  /** What is chosen for an option of pictures. Undefined: the built-in default. */
  option: (name: string): string | undefined => text(name).trim() || undefined,
  get mode(): 'now' | 'background' {
    return text('mode') === 'background' ? 'background' : 'now';
  },
  /** How many tasks are at the service at once. */
  get concurrency(): number {
    return number('concurrency', 1, 20) ?? 2;
  },
  /** How many generations a day agents may ask for. */
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
    /** 0: a free one. */
    get port(): number {
      return number('webhook.port', 0, 65_535) ?? 0;
    },
    /** How the service reaches this machine; undefined: it runs here. */
    get publicUrl(): string | undefined {
      return text('webhook.publicUrl', undefined, false).trim() || undefined;
    },
  },
  /** Whether pages are looked through for pictures that are not there. */
  missingImages: (page: vscode.Uri): boolean => read('missingImages', page) !== false,
  /** What pictures say of themselves. Of the person alone: the window that saves is not always the one that asked. */
  get metadata(): 'all' | 'noPrompt' {
    return text('metadata', undefined, false) === 'noPrompt' ? 'noPrompt' : 'all';
  },
  /** Whether prompts are written into the log too. */
  get logsPrompts(): boolean {
    return text('log') === 'prompts';
  },
};

/** A value of the wrong type, as in a damaged settings file, counts as not given. */
function text(key: string, scope?: vscode.Uri, ofWorkspace?: boolean): string {
  const value = read(key, scope, ofWorkspace);
  return typeof value === 'string' ? value : '';
}

/** A whole number, brought into its limits. */
function number(key: string, least: number, most: number): number | undefined {
  const value = read(key, undefined, false);
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.min(Math.max(Math.round(value), least), most)
    : undefined;
}

/**
 * In a workspace that is not trusted only the person's own value counts; the manifest says so too, but another editor
 * may not know `restrictedConfigurations`.
 */
function read(key: string, scope?: vscode.Uri, ofWorkspace = vscode.workspace.isTrusted): unknown {
  const configuration = vscode.workspace.getConfiguration('jimeng', scope);
  const own = configuration.inspect<unknown>(key);
  return ofWorkspace ? configuration.get<unknown>(key) : (own?.globalValue ?? own?.defaultValue);
}
