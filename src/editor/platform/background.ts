import type * as vscode from 'vscode';

/** For work that nobody awaits: reports its error. */
export function inBackground(work: Promise<unknown>, log: vscode.LogOutputChannel): void {
  work.catch((error: unknown) => reportLater(error, log));
}

/** `reportError`, loaded only now, without waiting for the person to read it. */
export function reportLater(error: unknown, log: vscode.LogOutputChannel): void {
  import('./show-failure.ts')
    .then(({ reportError }) => reportError(error, log))
    .catch((failed: unknown) => log.error(String(failed)));
}
