import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import type { JimengClient, ReceivedItems, ServiceTask } from '../../service/client.ts';
import { JimengError } from '../../service/failures/failures.ts';
import { asSent, rowOf, type Failure } from '../../service/failures/table.ts';

/** What a task at the service came to. */
export type PollResult =
  | ({ outcome: 'result' } & ReceivedItems)
  | { outcome: 'failed'; failure: Failure }
  | { outcome: 'cancelled' }
  /** With a failure where the service says that it works on it, and does not. */
  | { outcome: 'lost'; failure?: Failure };

/** One task at a service. */
export interface PolledTask {
  url: string;
  serviceTaskId: string;
  /** Ends the watch: rejects with the signal's reason. */
  signal: AbortSignal;
  onStatus: (status: 'pending' | 'queued' | 'processing') => Promise<unknown>;
}

export interface PollerOptions {
  /** A client without a session for the service at this address: polling tasks needs none. */
  connect: (url: string) => Pick<JimengClient, 'getTask' | 'listTasks'>;
  /** The pause between two polls while something moves, in ms; seed-skill: 3 to 5 s. */
  pause?: (() => number) | undefined;
}

/** Polls tasks until they are final: one loop for each service, however many tasks there are. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #loops = new Map<string, ServicePoller>();

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the task is final. A service that is away does not end the watch, since the task may well be running;
   * an error envelope does (service-contract: "a poller that looks only at `status` never ends").
   */
  poll(task: PolledTask): Promise<PollResult> {
    let loop = this.#loops.get(task.url);
    if (!loop) {
      loop = new ServicePoller(this.#options.connect(task.url), this.#options.pause);
      this.#loops.set(task.url, loop);
    }
    return loop.add(task);
  }

  /** Polls at once, as after a sleep of the machine or a call from the service. */
  wake(): void {
    for (const loop of this.#loops.values()) loop.wake();
  }
}

const MAX_PAUSE_MS = 30_000;
/** After so many polls without a change they become half as frequent. */
const UNCHANGED_POLLS_BEFORE_SLOWING = 30;
/** Answers that say nothing certain about the task are asked for again this often before they end the watch. */
const MAX_UNREADABLE_ANSWERS = 5;
/** A task counts as stuck once so many polls agree: between two of the service's queues it may stand in neither. */
const MAX_STUCK_POLLS = 3;
/** How many are asked for beyond those that are needed: others may have begun tasks meanwhile. */
const LIST_MARGIN = 50;
const MAX_LIST_LIMIT = 20_000;
/** Tasks that are asked for by their ids at once. */
const MAX_CONCURRENT_POLLS = 8;

class Watch {
  readonly task: PolledTask;
  readonly settle: PromiseWithResolvers<PollResult>;
  status: string | undefined;
  unreadable = 0;
  stuck = 0;

  constructor(task: PolledTask) {
    this.task = task;
    this.settle = Promise.withResolvers<PollResult>();
  }
}

class ServicePoller {
  readonly #client: Pick<JimengClient, 'getTask' | 'listTasks'>;
  readonly #pause: () => number;
  readonly #watches = new Map<string, Watch>();
  #runs = false;
  #wake = new AbortController();
  /** How long the list has to be to show the oldest of ours; unknown to begin with. */
  #limit = 0;
  #largest = MAX_LIST_LIMIT;
  #failedRounds = 0;
  /** The service did not answer in this round. */
  #away = false;
  #quiet = 0;

  constructor(
    client: Pick<JimengClient, 'getTask' | 'listTasks'>,
    pause = () => 3_000 + 2_000 * Math.random(),
  ) {
    this.#client = client;
    this.#pause = pause;
  }

  async add(task: PolledTask): Promise<PollResult> {
    const watch = new Watch(task);
    this.#watches.set(task.serviceTaskId, watch);
    const end = () => watch.settle.reject(task.signal.reason as Error);
    task.signal.addEventListener('abort', end);
    if (task.signal.aborted) end();
    this.#quiet = 0;
    this.#run().catch((error: unknown) => {
      for (const { settle } of this.#watches.values()) settle.reject(error);
    });
    try {
      return await watch.settle.promise;
    } finally {
      task.signal.removeEventListener('abort', end);
      if (this.#watches.get(task.serviceTaskId) === watch) this.#watches.delete(task.serviceTaskId);
      if (this.#watches.size === 0) this.wake();
    }
  }

  wake(): void {
    this.#quiet = 0;
    this.#wake.abort();
  }

  async #run(): Promise<void> {
    if (this.#runs) return;
    this.#runs = true;
    await setImmediate(); // those that begin together are polled together
    while (this.#watches.size > 0) {
      this.#wake = new AbortController();
      await this.#pollAll();
      const slower = this.#quiet > UNCHANGED_POLLS_BEFORE_SLOWING ? 2 : 1;
      const pause = Math.min(this.#pause() * slower * 2 ** this.#failedRounds, MAX_PAUSE_MS);
      await delay(pause, undefined, { signal: this.#wake.signal }).catch(() => {
        /* woken */
      });
    }
    this.#runs = false;
  }

  async #pollAll(): Promise<void> {
    const watches = [...this.#watches.values()];
    this.#quiet++;
    this.#away = false;
    try {
      const shown =
        watches.length > 1 ? await this.#list(watches) : new Map<string, () => ServiceTask>();
      const rest = watches.filter(({ task }) => !shown.has(task.serviceTaskId));
      await Promise.all(
        watches.map(async watch => {
          const read = shown.get(watch.task.serviceTaskId);
          if (read) await this.#pollOne(watch, read);
        }),
      );
      for (let begin = 0; begin < rest.length && !this.#isAway(); begin += MAX_CONCURRENT_POLLS)
        await Promise.all(
          rest
            .slice(begin, begin + MAX_CONCURRENT_POLLS)
            .map(watch =>
              this.#pollOne(watch, () =>
                this.#client.getTask(watch.task.serviceTaskId, watch.task.signal),
              ),
            ),
        );
    } catch (error) {
      // Not one task's own: the whole list failed.
      this.#away = true;
      if (!(error instanceof JimengError)) for (const { settle } of watches) settle.reject(error);
    }
    this.#failedRounds = this.#away ? this.#failedRounds + 1 : 0;
  }

  /** What the service's list shows of ours. Throws what says nothing about single tasks: the service is away. */
  async #list(watches: Watch[]): Promise<Map<string, () => ServiceTask>> {
    const wanted = new Set(watches.map(({ task }) => task.serviceTaskId));
    for (let limit = Math.max(this.#limit, wanted.size + LIST_MARGIN); ;) {
      limit = Math.min(limit, this.#largest);
      let list: { serviceTaskId: string; read: () => ServiceTask }[];
      try {
        list = await this.#client.listTasks({ limit });
      } catch (error) {
        if (!(error instanceof JimengError) || rowOf(error.failure).aboutTask === 'nothing')
          throw error;
        this.#largest = Math.max(1, Math.floor(limit / 2)); // too large, as with pictures inline
        return new Map();
      }
      const shown = new Map(
        list
          .filter(({ serviceTaskId }) => wanted.has(serviceTaskId))
          .map(({ serviceTaskId, read }) => [serviceTaskId, read]),
      );
      const all = shown.size === wanted.size;
      if (all || list.length < limit || limit >= this.#largest) {
        this.#limit = all
          ? list.findLastIndex(({ serviceTaskId }) => wanted.has(serviceTaskId)) + 1 + LIST_MARGIN
          : limit;
        return shown;
      }
      limit *= 2;
    }
  }

  /** Whether the service was away in this round; asked anew after each `await`. */
  #isAway(): boolean {
    return this.#away;
  }

  async #pollOne(watch: Watch, read: () => ServiceTask | Promise<ServiceTask>): Promise<void> {
    try {
      const task = await read();
      watch.unreadable = 0;
      const end = ended(task);
      if (end) {
        this.#quiet = 0;
        watch.settle.resolve(end);
        return;
      }
      watch.stuck = 'isStuck' in task ? watch.stuck + 1 : 0;
      if (watch.stuck === MAX_STUCK_POLLS) {
        watch.settle.resolve({ outcome: 'lost', failure: { kind: 'taskStuck' } });
        return;
      }
      if (watch.status !== task.status) {
        this.#quiet = 0;
        watch.status = task.status;
        await watch.task.onStatus(task.status as 'pending' | 'queued' | 'processing');
      }
    } catch (error) {
      if (!(error instanceof JimengError)) {
        watch.settle.reject(error);
        return;
      }
      const { aboutTask } = rowOf(error.failure);
      if (aboutTask === 'gone') {
        watch.settle.resolve({ outcome: 'lost' });
        return;
      }
      if (aboutTask === 'nothing') {
        this.#away = true;
        return;
      }
      if (aboutTask === 'unclear' && ++watch.unreadable < MAX_UNREADABLE_ANSWERS) return;
      watch.settle.resolve({ outcome: 'failed', failure: asSent(error.failure) });
    }
  }
}

function ended(task: ServiceTask): PollResult | undefined {
  switch (task.status) {
    case 'completed':
      return {
        outcome: 'result',
        items: task.items,
        ...(task.beyond !== undefined && { beyond: task.beyond }),
      };
    case 'failed':
      return { outcome: 'failed', failure: task.failure };
    case 'cancelled':
      return { outcome: 'cancelled' };
    default:
      return undefined;
  }
}
