import type * as vscode from 'vscode';

/** For what nobody waits for: tells what went wrong with it. */
export function inBackground(work: Promise<unknown>, log: vscode.LogOutputChannel): void {
  work.catch((error: unknown) => tell(error, log));
}

/** Tells what went wrong without waiting for the person to read it; see `reportError`, which is loaded only now. */
export function tell(error: unknown, log: vscode.LogOutputChannel): void {
  import('./show-failure.ts')
    .then(({ reportError }) => reportError(error, log))
    .catch((failed: unknown) => log.error(String(failed)));
}
