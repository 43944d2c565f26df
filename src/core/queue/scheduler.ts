import { setTimeout as delay } from 'node:timers/promises';

/** Does a turn at once when woken, one every beat while there is more to do, and none at all while there is nothing. */
export class Scheduler {
  readonly #tick: () => Promise<boolean>;
  readonly #intervalMs: number;
  readonly #ended = new AbortController();
  #wake = new AbortController();
  #running: Promise<void> | undefined;

  /**
   * @param turn resolves to whether there is more to do; may not throw
   * @param beat in ms
   */
  constructor(turn: () => Promise<boolean>, beat: number) {
    this.#tick = turn;
    this.#intervalMs = beat;
  }

  wake(): void {
    if (this.#ended.signal.aborted) return;
    this.#running ??= this.#run();
    this.#wake.abort();
  }

  /** Resolves when the turn that is being done, if any, is over. */
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
