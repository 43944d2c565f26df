import { setTimeout as delay } from 'node:timers/promises';

/** Ticks at once when woken, at an interval while there is more to do, and never while there is nothing. */
export class Scheduler {
  readonly #tick: () => Promise<boolean>;
  readonly #intervalMs: number;
  readonly #ended = new AbortController();
  #wake = new AbortController();
  #running: Promise<void> | undefined;

  /** @param tick resolves to whether there is more to do; may not throw */
  constructor(tick: () => Promise<boolean>, intervalMs: number) {
    this.#tick = tick;
    this.#intervalMs = intervalMs;
  }

  wake(): void {
    if (this.#ended.signal.aborted) return;
    this.#running ??= this.#run();
    this.#wake.abort();
  }

  /** Resolves when the tick that is being done, if any, is over. */
  async end(): Promise<void> {
    this.#ended.abort();
    this.#wake.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      this.#wake = new AbortController();
      const busy = await this.#tick();
      const signal = AbortSignal.any([this.#wake.signal, this.#ended.signal]);
      await delay(busy ? this.#intervalMs : 2 ** 31 - 1, undefined, { signal, ref: busy }).catch(
        () => {
          /* woken */
        },
      );
    }
  }
}
