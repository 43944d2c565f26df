import * as vscode from 'vscode';
import { Converter } from '../core/pictures/converter.ts';
import { NodeFolder } from '../core/pictures/node-folder.ts';
import { JimengClient } from '../core/service/client.ts';
import type { SessionId } from '../core/session.ts';
import { Ledger } from '../core/tasks/ledger.ts';
import { TaskRunner } from '../core/tasks/runner.ts';
import { WorkspaceFolder } from './workspace-folder.ts';

/** The core, built for this window. */
export class Services implements vscode.Disposable {
  readonly ledger: Ledger;
  readonly runner: TaskRunner;
  readonly #converter: Converter;
  readonly #log: vscode.LogOutputChannel;
  readonly #clients = new Map<string, JimengClient>();

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    const dist = vscode.Uri.joinPath(context.extensionUri, 'dist/').toString(true);
    const storage = context.globalStorageUri.fsPath;
    this.#log = log;
    this.#converter = new Converter({ workerUrl: new URL('png-worker.js', dist), codecs: new URL('codecs/', dist) });
    this.ledger = new Ledger(`${storage}/ledger`, log);
    this.runner = new TaskRunner({
      ledger: this.ledger,
      connect: url => this.connect(url),
      openFolder: uri => vscode.Uri.parse(uri).scheme === 'file' ? new NodeFolder(uri) : new WorkspaceFolder(uri),
      converter: this.#converter,
      receivedFolder: `${storage}/received`,
    });
  }

  /**
   * A client for the service at this address. The session ID belongs to the configured service only; what asks for a
   * client without one, such as the watch over a task of another address, never carries it.
   */
  connect(url: string, session?: SessionId): JimengClient {
    const key = `${session?.reveal() ?? ''}\n${url}`;
    let client = this.#clients.get(key);
    if (!client) {
      client = new JimengClient({ address: url, log: this.#log, ...session && { session } });
      this.#clients.set(key, client);
    }
    return client;
  }

  dispose(): void {
    this.runner.dispose();
    for (const client of this.#clients.values()) { void client.close(); }
    void this.#converter.dispose();
  }
}
