import * as vscode from 'vscode';
import { Converter } from '../core/pictures/converter.ts';
import { NodeFolder } from '../core/pictures/node-folder.ts';
import { JimengClient, type Log } from '../core/service/client.ts';
import type { SessionId } from '../core/session.ts';
import { Ledger } from '../core/tasks/ledger.ts';
import { TaskRunner } from '../core/tasks/runner.ts';
import { codecs, dist } from './dist.ts';
import { settings } from './settings.ts';
import { WorkspaceFolder } from './workspace-folder.ts';

/** The core, built for this window. */
export class Services implements vscode.Disposable {
  readonly ledger: Ledger;
  readonly runner: TaskRunner;
  readonly #converter: Converter;
  readonly #log: Log;
  readonly #clients = new Map<string, JimengClient>();

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    const extension = context.extensionUri;
    const storage = context.globalStorageUri.fsPath;
    this.#log = { debug: text => settings.logsPrompts ? log.info(text) : log.debug(text), info: text => log.info(text), warn: text => log.warn(text) };
    this.#converter = new Converter({ workerUrl: new URL('png-worker.js', dist(extension)), codecs: codecs(extension) });
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
