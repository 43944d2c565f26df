import type { JimengClient } from '../../service/client.ts';
import { isFinal, isProgress, canTransition } from '../transitions.ts';
import { type Task, type TaskHead, type TaskState } from '../task.ts';
import type { Lease } from '../lease.ts';
import type { Ledger } from '../store.ts';

/** What is learned about a task on its way; `folder`: the person wants the pictures elsewhere. */
export type HeadChanges = Partial<Pick<TaskHead, 'sentAt' | 'fingerprint' | 'keptFor' | 'folder'>>;

/** One task being moved on by this process: the only place where a task changes its state. */
export class Execution {
  readonly #ledger: Ledger;
  readonly #lease: Lease;
  readonly #stop = new AbortController();
  readonly client: JimengClient;
  #task: Task;
  #transitions: Promise<unknown> = Promise.resolve();
  #isRecorded = true;
  /** The person asked for a cancel; a task that is not yet known to the service is cancelled there once it is. */
  cancelWanted = false;
  /** Resolves with the task as it is when nobody in this process works on it any more. */
  readonly ended = Promise.withResolvers<Task>();

  constructor(ledger: Ledger, lease: Lease, task: Task, client: JimengClient) {
    this.#ledger = ledger;
    this.#lease = lease;
    this.#task = task;
    this.client = client;
  }

  get task(): Task {
    return this.#task;
  }

  /** The task once the steps that are being written are. */
  async settled(): Promise<Task> {
    await this.#transitions.catch(() => {
      /* told to who made the step */
    });
    return this.#task;
  }

  /** Aborted by a cancel, by the end of the window, or when another process took the task over. */
  get signal(): AbortSignal {
    return AbortSignal.any([this.#stop.signal, this.#lease.lost]);
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Whether the ledger has the task as it is. */
  get isRecorded(): boolean {
    return this.#isRecorded;
  }

  /** Tries once more to write what the ledger could not take. Whether nothing is left to be written by this process. */
  async record(): Promise<boolean> {
    const { lost } = this.#lease;
    if (!this.#isRecorded && !lost.aborted) await this.#write(this.#task);
    return this.#isRecorded || lost.aborted;
  }

  /**
   * Writes the new state to the ledger; steps are written in the order in which they were made. False when the task may
   * not go there any more: what came is late, doubled or out of order, and changes nothing.
   *
   * Before anything is sent, and where a person moves a task on, it throws the system's error when the ledger cannot be
   * written. Once the request has left, the result counts more than its record: work goes on, and it is written later.
   */
  transition(state: TaskState, learned: HeadChanges = {}): Promise<boolean> {
    const done = this.#transitions.then(async () => {
      this.#lease.lost.throwIfAborted();
      if (!canTransition(this.#task.state.status, state.status)) return false;
      const updatedAt = Math.max(Date.now(), this.#task.updatedAt + 1);
      const task: Task = { ...this.#task, ...learned, state, updatedAt };
      const from = this.#task.state.status;
      if (from === 'waiting' || isFinal(this.#task)) await this.#ledger.put(task);
      else
        await this.#write(task, {
          onlyProgress: this.#isRecorded && isProgress(from, state.status),
        });
      this.#task = task;
      return true;
    });
    this.#transitions = done;
    return done;
  }

  async #write(task: Task, { onlyProgress = false } = {}): Promise<void> {
    try {
      await (onlyProgress ? this.#ledger.putProgress(task) : this.#ledger.put(task));
      this.#isRecorded = true;
    } catch {
      this.#isRecorded = false;
      this.#ledger.show(task);
    }
  }

  release(): Promise<void> {
    return this.#lease.release();
  }
}
