import { join } from 'node:path';
import { makeFolder } from '../system/files.ts';
import type { Log } from '../service/client.ts';
import { isActive, isFinal, isWaiting } from './transitions.ts';
import {
  assertNever,
  isSlow,
  type Failure,
  type FinalTask,
  type Task,
  type WaitingTask,
} from './task.ts';
import { LeaseContender, type Lease } from './lease.ts';
import { whenDone } from './finished.ts';
import type { Ledger } from './store.ts';
import { PauseStore, isPaused, type QueueState } from './pauses.ts';
import { newTask, type PreparedRequest } from './new-task.ts';
import { refetchedState, resumedState } from './resume.ts';
import type { SendOptions, StartedTask, Executor } from './execute.ts';
import { Scheduler } from './scheduler.ts';
import { Commands, type CommandOutcome, type Command } from './commands.ts';

/** How a waiting task can be sent now; `failure`: never; undefined: not yet, as without a session. */
export type AccountResolution =
  (SendOptions & { fingerprint: string }) | { failure: Failure } | undefined;

export interface QueueOptions {
  ledger: Ledger;
  runner: Executor;
  /** On a local disk that all windows share. */
  folder: string;
  resolveAccount: (task: WaitingTask) => Promise<AccountResolution>;
  limits: () => {
    /** How many tasks are at the service at once. */
    concurrency: number;
    /** In ms; a task that takes longer gives its place to another one. */
    slowAfter: number;
  };
  log: Log;
  /** In ms. */
  tickMs?: number;
}

/** How often a window looks whether there is work that nobody does, unless told otherwise; in ms. */
const DEFAULT_TICK_MS = 2_000;
/** The service was away when something was to be sent: the longest pause before the next try, in ms. */
const MAX_AWAY_MS = 30_000;

/**
 * Our own queue, in front of the service. Every window has an engine, and shows and changes the same tasks; the one that
 * holds the lease sends and watches. When it closes or dies another one takes over.
 */
export class TaskQueue {
  readonly #options: QueueOptions;
  readonly #wishes: Commands;
  readonly #pauses: PauseStore;
  readonly #contender: LeaseContender;
  readonly #waiting = new Map<string, WaitingTask>();
  readonly #turns: Scheduler;
  readonly #queueListeners = new Set<() => void>();
  readonly #stopListening: () => void;
  #lease: Lease | undefined;
  readonly #unsettled = new Set<string>();
  #away = { until: 0, times: 0 };

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#wishes = new Commands(join(options.folder, 'wishes'), options.log);
    this.#pauses = new PauseStore(join(options.folder, 'queue.json'));
    this.#contender = new LeaseContender(join(options.folder, 'lease'));
    this.#turns = new Scheduler(() => this.#turn(), options.tickMs ?? DEFAULT_TICK_MS);
    this.#stopListening = options.ledger.onDidChange(task => {
      if (!isWaiting(task)) this.#waiting.delete(task.id);
      else if (this.#lease) this.#waiting.set(task.id, task);
      if (!isFinal(task)) this.wake();
    });
  }

  /** Whether this window sends and watches. */
  get isLeader(): boolean {
    return this.#lease !== undefined;
  }

  /** Called when the queue is paused or goes on, and when the service is away. Returns what ends it. */
  onDidChangeQueue(listener: () => void): () => void {
    this.#queueListeners.add(listener);
    return () => {
      this.#queueListeners.delete(listener);
    };
  }

  /** Whether the service could not be reached when this window, which leads, was to send something; it is tried again by itself. */
  get isServiceAway(): boolean {
    return this.#away.times > 0;
  }

  state(): Promise<QueueState> {
    return this.#pauses.state();
  }

  /** Looks whether there is something to do, at once and from then on. */
  wake(): void {
    this.#turns.wake();
  }

  /** Puts a task into the queue; it is on the disk when this resolves. */
  async enqueue(order: PreparedRequest): Promise<WaitingTask> {
    const task = newTask(order);
    await this.#options.ledger.put(task);
    this.wake();
    return task;
  }

  /** Has a wish granted by the window that leads. Throws JimengError with what stood against it. */
  command(wish: Command): Promise<CommandOutcome> {
    return this.#wishes.send(wish, () => this.wake());
  }

  /** Resolves when nobody works on the task any more, in whichever window. Undefined where it is removed meanwhile. */
  whenDone(id: string, signal?: AbortSignal): Promise<FinalTask | undefined> {
    return whenDone(this.#options.ledger, id, signal);
  }

  /** Lets another window take over. Tasks stay in the ledger as they are. */
  async dispose(): Promise<void> {
    this.#stopListening();
    this.#options.runner.dispose();
    await this.#turns.end();
    await this.#stepDown();
  }

  /** Whether there is more to do; what goes wrong is tried again at the next beat. */
  async #turn(): Promise<boolean> {
    try {
      return await this.#lead();
    } catch (error) {
      this.#options.log.warn(`engine: ${String(error)}`);
      return true;
    }
  }

  /** Takes the lease if nobody has it and there is work, and does what is to be done with it. Whether there is more. */
  async #lead(): Promise<boolean> {
    const { ledger, runner } = this.#options;
    if (this.#lease?.lost.aborted) {
      runner.stopAll();
      this.#forgetLease();
    }
    let unfinished = await ledger.unfinishedIds();
    const work = unfinished.length > 0 || (await this.#wishes.hasAny());
    if (!work && runner.running().length === 0) {
      await this.#stepDown();
      return false;
    }
    const isNew = !this.#lease;
    if (isNew) {
      await makeFolder(this.#options.folder);
      this.#lease = await this.#contender.tryAcquire();
      if (!this.#lease) return true;
      unfinished = await ledger.unfinishedIds(); // what came meanwhile was not told to this window: nobody may pass it
    }
    await this.#wishes.handleAll(wish => this.#grant(wish));
    await this.#takeUp(unfinished);
    await this.#send();
    if (isNew) await ledger.prune();
    return true;
  }

  async #stepDown(): Promise<void> {
    const lease = this.#lease;
    this.#forgetLease();
    await lease?.release();
  }

  #forgetLease(): void {
    this.#lease = undefined;
    this.#waiting.clear();
  }

  /** What another window began, or left behind. */
  async #takeUp(unfinished: readonly string[]): Promise<void> {
    const { ledger, runner } = this.#options;
    for (const id of unfinished) {
      if (runner.has(id) || this.#waiting.has(id)) continue;
      const task = await ledger.get(id).catch(() => undefined); // one that cannot be read stops no other
      if (!task || isFinal(task) || runner.has(id)) continue;
      if (isWaiting(task)) this.#waiting.set(id, task);
      else if (isActive(task)) this.#follow(runner.resume(task, this.#shared()));
    }
  }

  async #send(): Promise<void> {
    const { runner, limits, resolveAccount: wayTo } = this.#options;
    const { concurrency, slowAfter } = limits();
    const now = Date.now();
    if (this.#away.until > now || this.#waiting.size === 0) return;
    const takesPlace = (task: Task) =>
      !isFinal(task) && task.state.status !== 'saving' && !isSlow(task, now, slowAfter);
    // Counted before the pauses are read: a task keeps its place until what it tells about its session is written.
    let free =
      concurrency -
      runner.running().filter(takesPlace).length -
      [...this.#unsettled].filter(id => !runner.has(id)).length;
    const queue = await this.#pauses.state();
    if (queue.paused) return;
    for (const task of [...this.#waiting.values()].sort((a, b) => a.createdAt - b.createdAt)) {
      if (free <= 0 || this.#lease === undefined || this.#lease.lost.aborted) return;
      const way = await wayTo(task);
      if (!way || ('fingerprint' in way && isPaused(queue, way.fingerprint, now))) continue;
      if (!this.#waiting.delete(task.id)) continue; // cancelled meanwhile
      if ('failure' in way) {
        await runner.reopen(task, this.#shared(), { status: 'failed', failure: way.failure });
        continue;
      }
      free--;
      this.#follow(runner.send(task, this.#shared(), way));
    }
  }

  /** Tasks share the lease: the end of one does not end it. */
  #shared(): Lease {
    if (!this.#lease) throw new Error('Another window works on the tasks.');
    return { lost: this.#lease.lost, release: () => Promise.resolve() };
  }

  #follow({ id, done }: StartedTask): void {
    this.#unsettled.add(id);
    done
      .then(
        task => this.#settled(task),
        (error: unknown) => {
          if (!(error instanceof Error && error.name === 'AbortError'))
            this.#options.log.warn(`task: ${String(error)}`);
        },
      )
      .finally(() => {
        this.#unsettled.delete(id);
        this.wake();
      })
      .catch(() => {
        /* `#settled` writes a hint, no result */
      });
  }

  async #settled(task: FinalTask | WaitingTask): Promise<void> {
    if (task.state.status === 'waiting') {
      this.#away = {
        until: Date.now() + Math.min(1_000 * 2 ** this.#away.times, MAX_AWAY_MS),
        times: this.#away.times + 1,
      };
      this.#tellQueue();
      return;
    }
    this.#away = { until: 0, times: 0 };
    const { fingerprint } = task;
    if (fingerprint === undefined) return;
    if (task.state.status === 'completed') {
      await this.#pauses.clearSession(fingerprint);
    } else if (
      task.state.status === 'failed' &&
      (task.state.failure.kind === 'sessionExpired' || task.state.failure.kind === 'riskControl')
    ) {
      await this.#pauses.pauseSession(fingerprint, task.state.failure.kind);
      this.#tellQueue();
    }
  }

  #tellQueue(): void {
    for (const listener of this.#queueListeners) listener();
  }

  async #grant(wish: Command): Promise<CommandOutcome> {
    const { ledger, runner } = this.#options;
    switch (wish.wish) {
      case 'pause':
        await this.#pauses.pause();
        this.#tellQueue();
        return 'done';
      case 'resume':
        await this.#pauses.resume();
        this.#away = { until: 0, times: 0 };
        this.#tellQueue();
        return 'done';
      case 'cancelWaiting':
        for (const task of await ledger.unfinished())
          if (isWaiting(task)) await this.#cancelWaiting(task);

        return 'done';
      case 'cancel':
        return this.#cancel(wish.id);
      case 'stopWatching':
        await runner.stopWatching(wish.id);
        return 'done';
      case 'watchAgain':
      case 'fetchMissing':
      case 'adopt':
        return this.#reopen(wish);
      default:
        return assertNever(wish);
    }
  }

  async #cancel(id: string): Promise<CommandOutcome> {
    const { ledger, runner } = this.#options;
    const task = runner.has(id) ? undefined : await ledger.get(id);
    if (task && isWaiting(task)) return this.#cancelWaiting(task);
    return (await runner.cancel(id)) === 'cancelled' ? 'done' : 'tooLate';
  }

  async #cancelWaiting(task: WaitingTask): Promise<CommandOutcome> {
    if (this.#options.runner.has(task.id)) return 'tooLate';
    this.#waiting.delete(task.id);
    await this.#options.runner.reopen(task, this.#shared(), { status: 'cancelled' });
    return 'done';
  }

  async #reopen(
    wish: Extract<Command, { wish: 'watchAgain' | 'fetchMissing' | 'adopt' }>,
  ): Promise<CommandOutcome> {
    const { ledger, runner } = this.#options;
    const task = await ledger.get(wish.id);
    if (!task || (wish.wish === 'fetchMissing' && runner.has(wish.id))) return 'tooLate';
    const state =
      wish.wish === 'fetchMissing'
        ? await refetchedState(task, wish.folder)
        : resumedState(task, wish, runner.has(wish.id));
    if (!state) return 'tooLate';
    const started = await runner.reopen(
      task,
      this.#shared(),
      state,
      wish.wish === 'fetchMissing' && wish.folder !== undefined ? { folder: wish.folder } : {},
    );
    if (started) this.#follow(started);
    return 'done';
  }
}
