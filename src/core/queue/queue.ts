import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { errorCode, makeFolder } from '../system/files.ts';
import type { Log } from '../service/client.ts';
import { isActive, isFinal, isWaiting } from './transitions.ts';
import {
  assertNever,
  isSlow,
  type FinalTask,
  type OpenTask,
  type Task,
  type TaskState,
  type WaitingTask,
} from './task.ts';
import { rowOf, type Failure } from '../service/failures/table.ts';
import { LeaseContender, sharedLease, type Lease } from './lease.ts';
import { whenDone } from './finished.ts';
import type { Ledger } from './store.ts';
import { PauseStore, isPaused, type QueueState } from './pauses.ts';
import type { PreparedRequest } from './prepare.ts';
import { canRefetch, refetchedState, resumedState } from './resume.ts';
import type { SendOptions, StartedTask, Executor } from './execute.ts';
import { Scheduler } from './scheduler.ts';
import { Commands, type CommandOutcome, type Command } from './commands.ts';

/** How the editor, an MCP server and a command of the terminal differ in what they do with the same queue. */
export interface QueuePolicy {
  /**
   * `queue`: one lease for all tasks; the process that holds it works on all of them and handles the commands of the
   * others. `task`: a lease for each task; a process works on what it added and on what it takes up.
   */
  lease: 'queue' | 'task';
  /** Whether a task that another process left is taken up unasked; asked once for each. */
  takesUp: (task: OpenTask) => boolean;
  /**
   * A task that cannot be sent now, as its service is away, its session is refused or the disk is full: `wait` for that
   * to pass, or `end` it with the reason. One that waits and whose process is gone is sent, or cancelled.
   */
  ifHeldUp: 'wait' | 'end';
  limits: () => {
    /** How many tasks are at the service at once. */
    concurrency: number;
    /** In ms; a task that takes longer gives its place to another one. */
    slowAfter: number;
  };
}

export interface QueueOptions {
  ledger: Ledger;
  executor: Executor;
  /** On a local disk that all processes of this queue share. */
  folder: string;
  policy: QueuePolicy;
  /** Who pays for a waiting task now; `failure`: nobody ever will; undefined: nobody yet, as without a session. */
  resolveAccount: (task: WaitingTask) => Promise<SendOptions | { failure: Failure } | undefined>;
  log: Log;
  /** In ms. */
  tickMs?: number;
}

/** How often a process checks whether there is work that nobody does, unless told otherwise; in ms. */
const DEFAULT_TICK_MS = 2_000;
/** The service was away when something was to be sent: the longest pause before the next try, in ms. */
const MAX_AWAY_MS = 30_000;

/**
 * Our own queue, in front of the service: the only way in. Every process that has one shows and changes the same tasks;
 * who holds a lease sends, polls and saves what it covers, and takes up what is unfinished, whoever left it.
 */
export class TaskQueue {
  readonly #options: QueueOptions;
  readonly #commands: Commands;
  readonly #pauses: PauseStore;
  readonly #contender: LeaseContender;
  readonly #waiting = new Map<string, WaitingTask>();
  readonly #scheduler: Scheduler;
  readonly #queueListeners = new Set<() => void>();
  readonly #stopListening: () => void;
  /** For all tasks. */
  #lease: Lease | undefined;
  /** Those of the waiting tasks of this process, where each has its own. */
  readonly #taskLeases = new Map<string, Lease>();
  readonly #declined = new Set<string>();
  /** Tasks that were added here and have not begun. */
  readonly #added = new Map<string, PromiseWithResolvers<StartedTask>>();
  readonly #started = new Map<string, StartedTask>();
  #away = { until: 0, times: 0 };
  #ended = false;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#commands = new Commands(join(options.folder, 'commands'), options.log);
    this.#pauses = new PauseStore(join(options.folder, 'queue.json'));
    this.#contender = new LeaseContender(join(options.folder, 'lease'));
    this.#scheduler = new Scheduler(() => this.#tick(), options.tickMs ?? DEFAULT_TICK_MS);
    this.#stopListening = options.ledger.onDidChange(task => {
      if (!isWaiting(task)) this.#waiting.delete(task.id);
      else if (this.#lease || this.#taskLeases.has(task.id)) this.#waiting.set(task.id, task);
      if (isFinal(task)) this.#endAdded(task);
      else this.wake();
    });
  }

  /** Whether this process works on all tasks. */
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

  /** Whether the service could not be reached when this process was to send something; it is tried again. */
  get isServiceAway(): boolean {
    return this.#away.times > 0;
  }

  state(): Promise<QueueState> {
    return this.#pauses.state();
  }

  /** Checks whether there is something to do, at once and from then on. */
  wake(): void {
    this.#scheduler.wake();
  }

  /** Puts a task into the queue; it is on the disk when this resolves. Throws the system's error. */
  async add({ checked, largeInputs, ...prepared }: PreparedRequest): Promise<StartedTask> {
    if (this.#ended) throw new Error('The queue has ended.');
    const [id, now] = [randomUUID(), Date.now()];
    const task = { ...prepared, id, createdAt: now, updatedAt: now };
    if (this.#options.policy.lease === 'task') {
      const lease = await this.#options.ledger.acquire(id);
      if (!lease) throw new Error(`The new task ${id} is already held.`);
      this.#taskLeases.set(id, lease);
    }
    const begun = Promise.withResolvers<StartedTask>();
    this.#added.set(id, begun);
    const accepted = begun.promise.then(started => started.accepted);
    const done = begun.promise.then(started => started.done);
    for (const promise of [accepted, done])
      promise.catch(() => {
        /* told to who waits for it */
      });
    try {
      await this.#options.ledger.put(task);
    } catch (error) {
      this.#added.delete(id);
      await this.#releaseTask(id);
      throw error;
    }
    this.wake();
    return { id, accepted, done };
  }

  /**
   * Has a command handled by the process that works on the tasks: with one lease for all it may be another window, else it
   * is this one. Throws JimengError with what stood against it.
   */
  command(command: Command): Promise<CommandOutcome> {
    if (this.#options.policy.lease === 'task')
      return this.#ended ? Promise.resolve('tooLate') : this.#handle(command);
    return this.#commands.send(command, () => this.wake());
  }

  /**
   * Goes on with a task that another process left; one that was never sent is cancelled. Undefined where a process works
   * on it, or nothing is left to be done.
   */
  async resume(id: string): Promise<StartedTask | undefined> {
    const { ledger, executor } = this.#options;
    const lease = this.#has(id) ? undefined : await this.#leaseOf(id);
    if (!lease) return undefined;
    try {
      const task = await ledger.get(id); // as the other process left it
      if (task && isActive(task)) return this.#follow(executor.resume(task, lease));
      if (task && isWaiting(task)) await executor.reopen(task, lease, { status: 'cancelled' });
    } catch (error) {
      await lease.release();
      throw error;
    }
    await lease.release();
    return undefined;
  }

  /**
   * Goes on with a task that nobody works on, to fetch what is missing of its pictures. Undefined where a process works on
   * it, or nothing is missing or can be had.
   * @param folder a URI; undefined: the task's own
   * @param begunElsewhere what is known of a task that the ledger may not have
   */
  async fetchMissing(
    id: string,
    folder?: string,
    begunElsewhere?: Task,
  ): Promise<StartedTask | undefined> {
    const { ledger, executor } = this.#options;
    const lease = this.#has(id) || this.#ended ? undefined : await this.#leaseOf(id);
    if (!lease) return undefined;
    let started: StartedTask | undefined;
    try {
      const known = await ledger.get(id);
      if (!known && begunElsewhere) await ledger.put(begunElsewhere);
      const task = known ?? begunElsewhere;
      const goesOn =
        task && isActive(task) && (!canRefetch(task) || (folder ?? task.folder) === task.folder);
      const state = task && !goesOn && (await refetchedState(task, folder));
      if (goesOn) started = executor.resume(task, lease);
      else if (state)
        started = await executor.reopen(task, lease, state, folder === undefined ? {} : { folder });
      return started && this.#follow(started);
    } finally {
      if (!started) await lease.release();
    }
  }

  /** Resolves when nobody works on the task any more, in whichever process. Undefined where it is removed meanwhile. */
  whenDone(id: string, signal?: AbortSignal): Promise<FinalTask | undefined> {
    return whenDone(this.#options.ledger, id, signal);
  }

  /**
   * Sends nothing new and cancels what waits here. Waits for what would be lost: a result that comes through an open
   * connection only, and what is being saved. Tasks at a service stay in the ledger for a later process.
   */
  async finish(): Promise<void> {
    this.#ended = true;
    await this.#scheduler.end();
    for (const task of this.#waiting.values())
      await this.#close(task, { status: 'cancelled' }).catch(() => {
        /* the next process does it */
      });
    await Promise.allSettled(
      [...this.#started.values()].map(async ({ id, accepted, done }) => {
        const atService = await accepted;
        const task =
          'serviceTaskId' in atService.state ? await this.#options.ledger.get(id) : atService;
        if (task?.state.status === 'saving') await done;
      }),
    );
    const started = [...this.#started.values()];
    await this.dispose();
    await Promise.allSettled(started.map(({ done }) => done));
  }

  /** Lets another process take over. Tasks stay in the ledger as they are. */
  async dispose(): Promise<void> {
    this.#ended = true;
    this.#stopListening();
    this.#options.executor.dispose();
    await this.#scheduler.end();
    await this.#stepDown();
    for (const id of [...this.#taskLeases.keys()]) await this.#releaseTask(id);
  }

  /** Whether there is more to do; what goes wrong is tried again at the next tick. */
  async #tick(): Promise<boolean> {
    try {
      return await this.#work();
    } catch (error) {
      this.#options.log.warn(`queue: ${String(error)}`);
      return true;
    }
  }

  /** Takes the lease if it needs one, nobody has it and there is work, and does what is to be done. Whether there is more. */
  async #work(): Promise<boolean> {
    const { ledger, executor, policy, folder } = this.#options;
    if (this.#lease?.lost.aborted) {
      executor.stopAll();
      this.#forgetLease();
    }
    let unfinished = await this.#unfinishedIds();
    const work =
      unfinished.length > 0 || (policy.lease === 'queue' && (await this.#commands.hasAny()));
    if (!work && executor.running().length === 0) {
      await this.#stepDown();
      return false;
    }
    const isNew = policy.lease === 'queue' && !this.#lease;
    if (isNew) {
      await makeFolder(folder);
      this.#lease = await this.#contender.tryAcquire();
      if (!this.#lease) return true;
      unfinished = await this.#unfinishedIds(); // what came meanwhile was not told to this process: nobody may pass it
    }
    if (this.#lease) await this.#commands.handleAll(command => this.#handle(command));
    await this.#takeUp(unfinished);
    await this.#send();
    if (isNew) await ledger.prune();
    return true;
  }

  async #unfinishedIds(): Promise<string[]> {
    const ids = await this.#options.ledger.unfinishedIds();
    return ids.filter(id => !this.#declined.has(id));
  }

  /** It ended before this process began with it. */
  #endAdded(task: FinalTask): void {
    const ended = Promise.resolve(task);
    this.#added.get(task.id)?.resolve({ id: task.id, accepted: ended, done: ended });
    this.#added.delete(task.id);
  }

  /** Lets another process lead. Leases of single tasks stay: one may be of a task that is just being added. */
  async #stepDown(): Promise<void> {
    const lease = this.#lease;
    if (!lease) return;
    this.#forgetLease();
    await lease.release();
  }

  #forgetLease(): void {
    this.#lease = undefined;
    this.#waiting.clear();
  }

  /** The right to move a task on, handed to the caller; undefined while another process has it. */
  async #leaseOf(id: string): Promise<Lease | undefined> {
    if (this.#options.policy.lease === 'queue') return this.#lease && sharedLease(this.#lease);
    const own = this.#taskLeases.get(id);
    this.#taskLeases.delete(id);
    return own ?? this.#options.ledger.acquire(id);
  }

  async #releaseTask(id: string): Promise<void> {
    const lease = this.#taskLeases.get(id);
    this.#taskLeases.delete(id);
    await lease?.release();
  }

  #has(id: string): boolean {
    return this.#options.executor.has(id) || this.#waiting.has(id);
  }

  /** What another process began, or left behind. */
  async #takeUp(unfinished: readonly string[]): Promise<void> {
    const { ledger, policy, log } = this.#options;
    for (const id of unfinished) {
      if (this.#has(id)) continue;
      const task = await ledger.get(id).catch(() => undefined); // one that cannot be read stops no other
      if (!task || isFinal(task) || this.#has(id) || this.#taskLeases.has(id)) continue;
      if (!policy.takesUp(task as OpenTask)) this.#declined.add(id);
      else if (isWaiting(task) && policy.ifHeldUp === 'wait') this.#waiting.set(id, task);
      else
        await this.resume(id).catch((error: unknown) => log.warn(`task ${id}: ${String(error)}`));
    }
  }

  async #send(): Promise<void> {
    const { executor, policy, resolveAccount } = this.#options;
    const { concurrency, slowAfter } = policy.limits();
    const now = Date.now();
    if (this.#away.until > now || this.#waiting.size === 0) return;
    const takesPlace = (task: Task) =>
      !isFinal(task) && task.state.status !== 'saving' && !isSlow(task, now, slowAfter);
    // Counted before the pauses are read: a task keeps its place until what it tells about its session is written.
    let free =
      concurrency -
      executor.running().filter(takesPlace).length -
      [...this.#started.keys()].filter(id => !executor.has(id)).length;
    const queue = await this.#pauses.state();
    if (queue.paused) return;
    for (const task of [...this.#waiting.values()].sort((a, b) => a.createdAt - b.createdAt)) {
      if (free <= 0) return;
      const account = await resolveAccount(task);
      if (this.#ended || this.#lease?.lost.aborted) return;
      if (!account) continue;
      if ('failure' in account) {
        await this.#close(task, { status: 'failed', failure: account.failure });
        continue;
      }
      const { fingerprint } = account;
      if (fingerprint !== undefined && isPaused(queue, fingerprint, now)) continue;
      if (!this.#waiting.delete(task.id)) continue; // cancelled meanwhile
      const lease = await this.#leaseOf(task.id);
      if (!lease) continue;
      free--;
      this.#follow(executor.send(task, lease, account, policy.ifHeldUp), true);
    }
  }

  #follow(started: StartedTask, isSentHere = false): StartedTask {
    const { id, done } = started;
    this.#started.set(id, started);
    this.#added.get(id)?.resolve(started);
    done
      .then(
        task => this.#settled(task, isSentHere),
        (error: unknown) => this.#stopped(id, error),
      )
      .catch((error: unknown) => this.#options.log.warn(`task ${id}: ${String(error)}`))
      .finally(() => {
        if (this.#started.get(id) === started) this.#started.delete(id);
        this.wake();
      })
      .catch(() => {
        /* logged above */
      });
    return started;
  }

  /** What the end of a task says of its service and its session. */
  async #settled(task: FinalTask | WaitingTask, isSentHere: boolean): Promise<void> {
    if (isWaiting(task)) {
      this.#away = {
        until: Date.now() + Math.min(1_000 * 2 ** this.#away.times, MAX_AWAY_MS),
        times: this.#away.times + 1,
      };
      this.#tellQueue();
      return;
    }
    this.#away = { until: 0, times: 0 };
    const { fingerprint, state } = task;
    const failure = state.status === 'failed' ? state.failure : undefined;
    const refused = failure && rowOf(failure).pausesSession ? failure : undefined;
    if (refused && isSentHere && this.#options.policy.ifHeldUp === 'end') {
      // What waits is not sent against the same refusal: this process has one session for as long as it runs.
      await Promise.allSettled(
        [...this.#waiting.values()].map(each =>
          this.#close(each, { status: 'failed', failure: refused }),
        ),
      );
    }
    if (fingerprint === undefined) return;
    if (state.status === 'completed') await this.#pauses.clearSession(fingerprint);
    if (refused) {
      await this.#pauses.pauseSession(fingerprint, refused);
      this.#tellQueue();
    }
  }

  /** A task that the ledger could not take as sent was not; one that is left alone at the end stays as it is. */
  async #stopped(id: string, error: unknown): Promise<void> {
    if (!(error instanceof Error && error.name === 'AbortError'))
      this.#options.log.warn(`task ${id}: ${String(error)}`);
    const task = await this.#options.ledger.get(id);
    if (this.#options.policy.ifHeldUp === 'wait' || !task || !isWaiting(task)) return;
    const code = errorCode(error);
    const failure: Failure =
      code === 'ENOSPC' || code === 'EDQUOT'
        ? { kind: 'diskFull' }
        : { kind: 'unexpected', detail: code ?? String(error) };
    await this.#close(task, { status: 'failed', failure });
  }

  #tellQueue(): void {
    for (const listener of this.#queueListeners) listener();
  }

  async #handle(command: Command): Promise<CommandOutcome> {
    const { ledger, executor } = this.#options;
    switch (command.type) {
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
        for (const task of await ledger.unfinished()) if (isWaiting(task)) await this.#cancel(task);
        return 'done';
      case 'cancel': {
        const task = executor.has(command.id) ? undefined : await ledger.get(command.id);
        if (task && isWaiting(task)) return this.#cancel(task);
        return (await executor.cancel(command.id)) === 'cancelled' ? 'done' : 'tooLate';
      }
      case 'stopWatching':
        await executor.stopWatching(command.id);
        return 'done';
      case 'fetchMissing':
        return (await this.fetchMissing(command.id, command.folder)) ? 'done' : 'tooLate';
      case 'watchAgain':
      case 'adopt':
        return this.#reopen(command);
      default:
        return assertNever(command);
    }
  }

  async #cancel(task: WaitingTask): Promise<CommandOutcome> {
    if (this.#options.executor.has(task.id)) return 'tooLate';
    return (await this.#close(task, { status: 'cancelled' })) ? 'done' : 'tooLate';
  }

  /** Ends a task that was never sent. False where another process has it. */
  async #close(task: WaitingTask, state: TaskState): Promise<boolean> {
    this.#waiting.delete(task.id);
    const lease = await this.#leaseOf(task.id);
    if (!lease) return false;
    await this.#options.executor.reopen(task, lease, state).finally(() => lease.release());
    return true;
  }

  async #reopen(
    command: Extract<Command, { type: 'watchAgain' | 'adopt' }>,
  ): Promise<CommandOutcome> {
    const { ledger, executor } = this.#options;
    const { id } = command;
    const isRunning = executor.has(id); // a sync request that is no longer watched
    const lease = isRunning ? undefined : await this.#leaseOf(id);
    const task = await ledger.get(id);
    const state = task && (lease ?? isRunning) && resumedState(task, command, isRunning);
    const started = state && (await executor.reopen(task, lease, state));
    if (started) this.#follow(started);
    else await lease?.release();
    return state ? 'done' : 'tooLate';
  }
}
