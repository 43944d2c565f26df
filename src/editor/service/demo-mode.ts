import * as vscode from 'vscode';
import { JimengClient, type Log } from '../../core/service/client.ts';
import { direct } from '../../core/service/proxy.ts';
import { SessionId } from '../../core/session/session.ts';
import type { Task } from '../../core/queue/task.ts';
import type { EmbeddedService } from '../../demo/server.ts';
import { codecs, dist } from '../platform/own-extension.ts';

const key = 'demo';

interface Remembered {
  on: boolean;
  port: number;
}

/**
 * The embedded demo service instead of a real one. It never gets a real session ID. Its port is remembered, so that its
 * tasks are found again after a reload and in other windows.
 */
export class DemoMode implements vscode.Disposable {
  /** The only session that the demo gets. */
  readonly session = new SessionId('demo-session-of-the-editor', 'cn');
  readonly #context: vscode.ExtensionContext;
  readonly #log: Log;
  readonly #changed = new vscode.EventEmitter<boolean>();
  readonly onDidChange = this.#changed.event;
  #service: Promise<EmbeddedService> | undefined;

  constructor(context: vscode.ExtensionContext, log: Log) {
    this.#context = context;
    this.#log = log;
  }

  get isOn(): boolean {
    return this.#remembered?.on ?? false;
  }

  async turnOn(): Promise<void> {
    const port = this.#remembered?.port ?? 0;
    await this.#remember({ on: true, port });
    await this.url();
  }

  async turnOff(): Promise<void> {
    await this.#remember({ on: false, port: this.#remembered?.port ?? 0 });
  }

  /** Its address; starts it unless it is running in this window or another one. */
  async url(): Promise<string> {
    const port = this.#remembered?.port ?? 0;
    if (!this.#service && port !== 0 && (await isDemo(port, this.#log))) return addressOf(port); // another window's
    this.#service ??= this.#start(port).catch(() => this.#start(0)); // the port may belong to another program now
    const { url } = await this.#service;
    const used = Number(new URL(url).port);
    if (used !== port) await this.#remember({ on: this.isOn, port: used });
    return url;
  }

  /** Whether a task belongs to this demo, which must then be running before the task is resumed. */
  owns({ url, demo }: Task['service']): boolean {
    return demo && url === addressOf(this.#remembered?.port ?? 0);
  }

  dispose(): void {
    this.#changed.dispose();
    this.#service
      ?.then(service => service.close())
      .catch((error: unknown) => this.#log.warn(`demo: ${String(error)}`));
  }

  async #start(port: number): Promise<EmbeddedService> {
    const { startEmbeddedService } = await import('../../demo/server.ts');
    const extension = this.#context.extensionUri;
    const files = dist(extension);
    return startEmbeddedService({
      port,
      workerUrl: new URL('drawing-worker.js', files),
      codecs: codecs(extension),
      clips: new URL('clips/', files),
    });
  }

  get #remembered(): Remembered | undefined {
    return this.#context.globalState.get<Remembered>(key);
  }

  async #remember(state: Remembered): Promise<void> {
    await this.#context.globalState.update(key, state);
    this.#changed.fire(state.on);
  }
}

function addressOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** Whether a demo answers at this port; it could be anything. */
async function isDemo(port: number, log: Log): Promise<boolean> {
  const client = new JimengClient({ address: addressOf(port), network: direct, log });
  return client
    .about(AbortSignal.timeout(2_000))
    .then(
      ({ demo }) => demo,
      () => false,
    )
    .finally(() => client.close());
}
