import { randomUUID } from 'node:crypto';
import { unforeseen, unknownTask } from './envelope.ts';

export interface StoredTask {
  task_id: string;
  type: 'image' | 'composition' | 'video';
  status: 'pending' | 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled';
  model: string;
  prompt: string;
  /** Unix seconds. */
  created_at: number;
  updated_at: number;
  completed_at?: number;
  result?: object;
  error?: string;
}

interface Job {
  task: StoredTask;
  work: () => Promise<object>;
  onFinal: (task: StoredTask) => void;
}

/**
 * The service's tasks, in memory: a limited number at once, the others queued; finished ones are forgotten after an hour.
 */
export class TaskStore {
  readonly #maxConcurrent: number;
  readonly #tasks = new Map<string, StoredTask>();
  readonly #queue: Job[] = [];
  #running = 0;

  constructor(maxConcurrent: number) {
    this.#maxConcurrent = maxConcurrent;
  }

  /** @param onFinal called when the task has completed or failed, not when it was cancelled */
  add(
    about: Pick<StoredTask, 'type' | 'model' | 'prompt'>,
    work: () => Promise<object>,
    onFinal: (task: StoredTask) => void,
  ): StoredTask {
    this.#forget();
    const now = seconds();
    const task: StoredTask = {
      task_id: randomUUID(),
      ...about,
      status: 'pending',
      created_at: now,
      updated_at: now,
    };
    this.#tasks.set(task.task_id, task);
    this.#queue.push({ task, work, onFinal });
    setImmediate(() => this.#next());
    return task;
  }

  get(id: string): StoredTask {
    this.#forget();
    const task = this.#tasks.get(id);
    if (!task) throw unknownTask(id);
    return task;
  }

  /** Newest first. */
  list({
    status,
    type,
    limit,
  }: {
    status: string | null;
    type: string | null;
    limit: number;
  }): StoredTask[] {
    this.#forget();
    return [...this.#tasks.values()]
      .reverse()
      .filter(
        task =>
          (status === null || task.status === status) && (type === null || task.type === type),
      )
      .slice(0, limit);
  }

  cancel(id: string): void {
    const task = this.get(id);
    if (task.status !== 'pending' && task.status !== 'queued')
      throw unforeseen(
        `任务 ${id} 当前状态为 ${task.status}，无法取消。仅 pending/queued 状态可取消。`,
      );
    this.#queue.splice(
      this.#queue.findIndex(job => job.task === task),
      1,
    );
    move(task, 'cancelled');
  }

  get stats(): { running: number; queued: number; maxConcurrent: number } {
    return {
      running: this.#running,
      queued: this.#queue.length,
      maxConcurrent: this.#maxConcurrent,
    };
  }

  #next(): void {
    while (this.#running < this.#maxConcurrent) {
      const job = this.#queue.shift();
      if (!job) return;
      this.#run(job).catch(() => {
        /* a failure is recorded in its task */
      });
    }
    for (const { task } of this.#queue) move(task, 'queued');
  }

  async #run({ task, work, onFinal }: Job): Promise<void> {
    this.#running++;
    move(task, 'processing');
    try {
      task.result = await work();
      move(task, 'completed');
    } catch (error) {
      task.error = (error as Error).message; // only the message, without its code
      move(task, 'failed');
    }
    task.completed_at = task.updated_at;
    this.#running--;
    onFinal(task);
    this.#next();
  }

  #forget(): void {
    const before = seconds() - 3_600;
    for (const [id, { completed_at: completed }] of this.#tasks)
      if (completed !== undefined && completed < before) this.#tasks.delete(id);
  }
}

function move(task: StoredTask, status: StoredTask['status']): void {
  task.status = status;
  task.updated_at = seconds();
}

function seconds(): number {
  return Math.floor(Date.now() / 1_000);
}
