import * as vscode from 'vscode';

/** The stock service, reachable from this machine only. */
const docker = 'docker run -d --name jimeng-api -p 127.0.0.1:5100:5100 ghcr.io/iptag/jimeng-api:latest';

/** Puts the line that starts the service into a terminal; the person reads it and presses Enter. */
export function startService(): void {
  const terminal = vscode.window.createTerminal({ name: 'jimeng-api' });
  terminal.show();
  terminal.sendText(docker, false);
}
