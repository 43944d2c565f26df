import { setTimeout as delay } from 'node:timers/promises';
import { isFinal } from '../transitions.ts';
import type { Log } from '../../service/client.ts';
import type { Task } from '../task.ts';
import type { Ledger } from '../store.ts';
import { WebhookReceiver } from './webhook.ts';

/** A call that has not come so long after the end of its task does not come; in ms. */
const DEFAULT_LATENESS_MS = 20_000;

export interface WebhookSettings {
  enabled: boolean;
  /** 0 takes a free one. */
  port: number;
  /** Where the service reaches this machine, as in Docker; `PORT` in it stands for the port. */
  publicUrl?: string | undefined;
}

export interface WebhooksOptions {
  ledger: Ledger;
  /** As they are now. */
  settings: () => WebhookSettings;
  /** The service called: what it says is asked for. */
  wake: () => void;
  /** The port cannot be used; told once for each port. */
  onPortTaken: (port: number, error: Error) => void;
  /** A task was found finished, and no call came; told once. */
  onMissed: () => void;
  log: Log;
  /** In ms. */
  lateness?: number;
}

/** The receiver of the service's calls, while the settings want one. Polling stays as the net. */
export class Webhooks {
  readonly #options: WebhooksOptions;
  readonly #stops: (() => void)[];
  readonly #ended = new AbortController();
  readonly #portsTaken = new Set<number>();
  #starting: Promise<WebhookReceiver | undefined> | undefined;
  #receiver: WebhookReceiver | undefined;
  #missed = false;

  constructor(options: WebhooksOptions) {
    this.#options = options;
    this.#stops = [
      options.ledger.onDidChange(task => this.#see(task)),
      options.ledger.onDidRemove(id => this.#receiver?.release(id)),
    ];
  }

  /** Where the service shall call for this task: the same address each time. Undefined while there is no receiver. */
  async urlFor(id: string): Promise<string | undefined> {
    const { enabled, publicUrl } = this.#options.settings();
    if (!enabled || this.#ended.signal.aborted) return undefined;
    const receiver = this.#receiver ?? (await (this.#starting ??= this.#start()));
    return receiver?.urlFor(id, publicUrl?.replace('PORT', String(receiver.port)));
  }

  /** Whether the service's calls arrive, as far as is known: a receiver listens, and no call was missed. */
  get isOn(): boolean {
    return this.#options.settings().enabled && this.#receiver !== undefined && !this.#missed;
  }

  async dispose(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#ended.abort();
    await this.#starting;
    await this.#receiver?.close();
  }

  /** A port that cannot be used is tried again with the next task. */
  async #start(): Promise<WebhookReceiver | undefined> {
    const { settings, wake, onPortTaken, log } = this.#options;
    const { port, publicUrl } = settings();
    const away =
      publicUrl !== undefined && !/^https?:\/\/(localhost|127\.|\[::1\])/i.test(publicUrl);
    try {
      return (this.#receiver = await WebhookReceiver.start({
        port,
        host: away ? '0.0.0.0' : '127.0.0.1',
        onCall: wake,
      }));
    } catch (error) {
      log.warn(`webhook: ${String(error)}`);
      if (!this.#portsTaken.has(port)) {
        this.#portsTaken.add(port);
        onPortTaken(port, error as Error);
      }
      return undefined;
    } finally {
      this.#starting = undefined;
    }
  }

  #see(task: Task): void {
    if (!isFinal(task) || this.#receiver?.expects(task.id) !== true) return;
    if (task.state.status !== 'completed' && task.state.status !== 'partial') {
      this.#receiver.release(task.id);
      return;
    }
    this.#settle(task.id, this.#receiver).catch(() => {
      /* the window ends */
    });
  }

  /** The call of a task that was found finished by polling may still come. */
  async #settle(id: string, receiver: WebhookReceiver): Promise<void> {
    const { lateness = DEFAULT_LATENESS_MS, onMissed } = this.#options;
    if (!receiver.wasCalledFor(id))
      await delay(lateness, undefined, { ref: false, signal: this.#ended.signal });
    const missed = !receiver.wasCalledFor(id) && receiver.expects(id);
    receiver.release(id);
    if (!missed || this.#missed) return;
    this.#missed = true;
    onMissed();
  }
}
