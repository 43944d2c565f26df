import { setTimeout as delay } from 'node:timers/promises';
import type { Ledger } from '../store.ts';
import { isActive } from '../transitions.ts';
import type { FinalTask, Task, WaitingTask } from '../task.ts';
import type { Execution } from './execution.ts';

export interface StartedTask<T extends FinalTask | WaitingTask = FinalTask | WaitingTask> {
  id: string;
  /** Resolves when the service knows the task by an id, or when it is final. */
  accepted: Promise<Task>;
  /** Resolves when nobody works on it any more; a task that could not be sent is `waiting` again then. */
  done: Promise<T>;
}

/** When what the ledger could not take, as on a full disk, is written again. */
const RECORD_AGAIN_MS = 5_000;

/** The tasks that this process works on, each until its end is recorded and its lease is released. */
export class Executions {
  readonly #ledger: Ledger;
  readonly #running = new Map<string, Execution>();
  readonly #ended = new AbortController();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Aborted at the end of this process's work. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  get(id: string): Execution | undefined {
    return this.#running.get(id);
  }

  all(): Execution[] {
    return [...this.#running.values()];
  }

  stopAll(): void {
    for (const run of this.#running.values()) run.stop();
  }

  /** Nothing new is begun from now on. */
  dispose(): void {
    this.#ended.abort();
    this.stopAll();
  }

  /** Does the work of a task. `T`: whether it can end with one that waits again. */
  begin<T extends FinalTask | WaitingTask>(
    run: Execution,
    work: () => Promise<void>,
  ): StartedTask<T> {
    this.#ended.signal.throwIfAborted();
    const { id } = run.task;
    this.#running.set(id, run);
    const done = work()
      .then(() => {
        const { task } = run;
        if (isActive(task)) throw new Error(`The task ${id} was left as ${task.state.status}.`);
        return task as T;
      })
      .finally(async () => {
        await run.settled();
        if (await run.record()) return this.#end(run);
        this.#recordLater(run).catch(() => {
          /* this process ends; the next one finds the task as it was */
        });
      });
    done
      .catch(() => {
        /* told to who waits for it */
      })
      .finally(() => run.ended.resolve(run.task))
      .catch(() => {
        /* as above */
      });
    return { id, accepted: this.#accepted(run, done), done };
  }

  async #end(run: Execution): Promise<void> {
    const { id } = run.task;
    if (this.#running.get(id) === run) this.#running.delete(id);
    await run.release().catch(() => {
      /* its holder's silence or end is seen */
    });
  }

  /** Until the ledger has the task it stays this process's: whoever took it up would save it once more. */
  async #recordLater(run: Execution): Promise<void> {
    try {
      do await delay(RECORD_AGAIN_MS, undefined, { signal: this.#ended.signal, ref: false });
      while (!(await run.record()));
    } finally {
      await this.#end(run);
    }
  }

  #accepted(run: Execution, done: Promise<Task>): Promise<Task> {
    const { promise, resolve } = Promise.withResolvers<Task>();
    const offer = (task: Task) => {
      if (task.id === run.task.id && 'serviceTaskId' in task.state) resolve(task);
    };
    const stop = this.#ledger.onDidChange(offer);
    offer(run.task);
    const accepted = Promise.race([promise, done]).finally(stop);
    accepted.catch(() => {
      /* `done` tells it too, and a caller may wait for one of them only */
    });
    return accepted;
  }
}
