import type * as vscode from 'vscode';

/** For work that nobody awaits: reports its errors. */
export function inBackground(work: Promise<unknown>, log: vscode.LogOutputChannel): void {
  work.catch((error: unknown) => reportLater(error, log));
}

/** `reportError`, loaded on demand, without waiting for the person to read the message. */
export function reportLater(error: unknown, log: vscode.LogOutputChannel): void {
  import('./show-failure.ts')
    .then(({ reportError }) => reportError(error, log))
    .catch((failed: unknown) => log.error(String(failed)));
}
