import type { JimengClient } from '../service/client.ts';
import { headOf, type Task, type TaskState } from '../task.ts';
import type { Claim, Ledger } from './ledger.ts';

/** One task being moved on by this process: the only place where a task changes its state. */
export class Run {
  readonly #ledger: Ledger;
  readonly #claim: Claim;
  readonly #stop = new AbortController();
  readonly client: JimengClient;
  #task: Task;
  #moves: Promise<void> = Promise.resolve();
  /** The person asked for a cancel; a task that is not yet known to the service is cancelled there once it is. */
  cancelWanted = false;

  constructor(ledger: Ledger, claim: Claim, task: Task, client: JimengClient) {
    this.#ledger = ledger;
    this.#claim = claim;
    this.#task = task;
    this.client = client;
  }

  get task(): Task {
    return this.#task;
  }

  /** Aborted by a cancel, by the end of the window, or when another process took the task over. */
  get signal(): AbortSignal {
    return AbortSignal.any([this.#stop.signal, this.#claim.lost]);
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Writes the new state to the ledger; steps are written in the order in which they were made. */
  move(state: TaskState): Promise<void> {
    this.#moves = this.#moves.then(async () => {
      this.#claim.lost.throwIfAborted();
      const updatedAt = Math.max(Date.now(), this.#task.updatedAt + 1);
      const task: Task = { ...headOf(this.#task), ...state, updatedAt };
      await this.#ledger.put(task);
      this.#task = task;
    });
    return this.#moves;
  }

  release(): Promise<void> {
    return this.#claim.release();
  }
}
