import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { textOf } from '../core/service/failures.ts';
import type { Task } from '../core/task.ts';
import type { Ledger } from '../core/tasks/ledger.ts';
import { WebhookReceiver } from '../core/tasks/webhook.ts';
import { settings } from './settings.ts';

/** A call that has not come so long after the end of its task does not come; in ms. */
const patience = 20_000;

/** The receiver of the service's calls, while the setting wants one. Looking at the tasks stays as the net. */
export class Webhooks {
  readonly #wake: () => void;
  readonly #log: vscode.LogOutputChannel;
  readonly #stopListening: () => void;
  readonly #expected = new Set<string>();
  #receiver: Promise<WebhookReceiver | undefined> | undefined;
  #told = false;

  constructor(ledger: Ledger, wake: () => void, log: vscode.LogOutputChannel) {
    this.#wake = wake;
    this.#log = log;
    this.#stopListening = ledger.onDidChange(task => {
      if ((task.status === 'completed' || task.status === 'partly') && this.#expected.delete(task.id)) { void this.#miss(task); }
    });
  }

  /** Where the service shall call for this task; undefined while there is no receiver. */
  async urlFor(id: string): Promise<string | undefined> {
    if (!settings.webhook.enabled) { return undefined; }
    const { publicUrl } = settings.webhook;
    this.#receiver ??= this.#start(publicUrl);
    const receiver = await this.#receiver;
    if (!receiver) { return undefined; }
    this.#expected.add(id);
    return receiver.urlFor(id, publicUrl?.replace('PORT', String(receiver.port)));
  }

  /** Whether the service is asked to call, and its calls were not missed so far. */
  get isOn(): boolean {
    return settings.webhook.enabled && this.#receiver !== undefined && !this.#told;
  }

  async dispose(): Promise<void> {
    this.#stopListening();
    await (await this.#receiver)?.close();
  }

  async #start(publicUrl: string | undefined): Promise<WebhookReceiver | undefined> {
    const away = publicUrl !== undefined && !/^https?:\/\/(localhost|127\.|\[::1\])/i.test(publicUrl);
    try {
      return await WebhookReceiver.start({ port: settings.webhook.port, host: away ? '0.0.0.0' : '127.0.0.1', onCall: this.#wake });
    } catch (error) {
      this.#log.warn(`webhook: ${String(error)}`);
      void vscode.window.showWarningMessage(vscode.l10n.t('The port {0} for webhooks cannot be used: {1}. The tasks are looked at regularly instead.', settings.webhook.port, (error as Error).message));
      return undefined;
    }
  }

  /** Found finished by looking: says once that the calls do not arrive. */
  async #miss({ id }: Task): Promise<void> {
    await delay(patience, undefined, { ref: false });
    const receiver = await this.#receiver;
    if (this.#told || !receiver || receiver.wasCalledFor(id)) { return; }
    this.#told = true;
    const open = vscode.l10n.t('Open Settings');
    if (await vscode.window.showWarningMessage(textOf({ kind: 'webhookMissed' }), open) === open) { await vscode.commands.executeCommand('workbench.action.openSettings', 'jimeng.webhook'); }
  }
}
