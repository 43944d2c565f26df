import type { JimengClient } from '../service/client.ts';
import { headOf, type Task, type TaskHead, type TaskState } from '../task.ts';
import type { Claim } from './claim.ts';
import type { Ledger } from './ledger.ts';
import { mayMove } from './moves.ts';

/** What is learned about a task on its way. */
export type Learned = Partial<Pick<TaskHead, 'sentAt' | 'fingerprint' | 'keptFor'>>;

/** One task being moved on by this process: the only place where a task changes its state. */
export class Run {
  readonly #ledger: Ledger;
  readonly #claim: Claim;
  readonly #stop = new AbortController();
  readonly client: JimengClient;
  #task: Task;
  #moves: Promise<unknown> = Promise.resolve();
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

  /** The task once the steps that are being written are. */
  async settled(): Promise<Task> {
    await this.#moves.catch(() => { /* told to who made the step */ });
    return this.#task;
  }

  /** Aborted by a cancel, by the end of the window, or when another process took the task over. */
  get signal(): AbortSignal {
    return AbortSignal.any([this.#stop.signal, this.#claim.lost]);
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Writes a new task to the ledger as it is. */
  begin(): Promise<void> {
    return this.#ledger.put(this.#task);
  }

  /**
   * Writes the new state to the ledger; steps are written in the order in which they were made. False when the task may
   * not go there any more: what came is late, doubled or out of order, and changes nothing.
   */
  move(state: TaskState, learned: Learned = {}): Promise<boolean> {
    const moved = this.#moves.then(async () => {
      this.#claim.lost.throwIfAborted();
      if (!mayMove(this.#task.status, state.status)) { return false; }
      const updatedAt = Math.max(Date.now(), this.#task.updatedAt + 1);
      const task: Task = { ...headOf(this.#task), ...learned, ...state, updatedAt };
      await this.#ledger.put(task);
      this.#task = task;
      return true;
    });
    this.#moves = moved;
    return moved;
  }

  release(): Promise<void> {
    return this.#claim.release();
  }
}
