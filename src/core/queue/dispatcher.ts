import { errorCode, isDiskFull } from '../system/files.ts';
import { rowOf, type Failure } from '../service/failures/table.ts';
import type { StartedTask } from './execute/executions.ts';
import type { Lease, QueueLeases } from './lease.ts';
import { isPaused, type PauseStore } from './pauses.ts';
import type { QueueOptions } from './policy.ts';
import { isSlow, type FinalTask, type Task, type TaskState, type WaitingTask } from './task.ts';
import { isFinal, isWaiting } from './transitions.ts';

/** The service was away when something was to be sent: the longest pause before the next try, in ms. */
const MAX_AWAY_MS = 30_000;

export interface DispatcherOptions extends QueueOptions {
  leases: QueueLeases;
  pauses: PauseStore;
  /** Called when there may be something to do. */
  wake: () => void;
}

/** The tasks that wait here and those that this process began: sends one when a place is free, and learns from how each ends. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #waiting = new Map<string, WaitingTask>();
  /** Tasks that were added here and have not begun. */
  readonly #added = new Map<string, PromiseWithResolvers<StartedTask>>();
  readonly #started = new Map<string, StartedTask>();
  readonly #listeners = new Set<() => void>();
  #away = { until: 0, times: 0 };
  #isEnded = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /**
   * Has a task moved on by this process. What is started keeps the lease, else it is released. Undefined while another
   * process has it.
   */
  async underLease(
    id: string,
    move: (lease: Lease) => Promise<StartedTask | undefined>,
  ): Promise<{ started: StartedTask | undefined } | undefined> {
    const lease = await this.#options.leases.of(id);
    if (!lease) return undefined;
    let started: StartedTask | undefined;
    try {
      started = await move(lease);
      if (started) this.#follow(started);
      return { started };
    } finally {
      if (!started) await lease.release();
    }
  }

  /** Called when the queue or a session is paused or goes on, and when the service is away. Returns what ends it. */
  onDidChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** The person says that everything goes on. */
  resume(): void {
    this.#away = { until: 0, times: 0 };
    this.tell();
  }

  /** Nothing is sent any more. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether the service could not be reached when something was to be sent; it is tried again. */
  get isServiceAway(): boolean {
    return this.#away.times > 0;
  }

  /** Whether it waits here, or this process works on it. */
  has(id: string): boolean {
    return this.#options.executor.has(id) || this.#waiting.has(id);
  }

  waiting(): WaitingTask[] {
    return [...this.#waiting.values()].sort((a, b) => a.createdAt - b.createdAt);
  }

  started(): StartedTask[] {
    return [...this.#started.values()];
  }

  /** A task that is about to be added here: what becomes of it. */
  expect(id: string): StartedTask {
    const begun = Promise.withResolvers<StartedTask>();
    this.#added.set(id, begun);
    const accepted = begun.promise.then(started => started.accepted);
    const done = begun.promise.then(started => started.done);
    for (const promise of [accepted, done])
      promise.catch(() => {
        /* told to who waits for it */
      });
    return { id, accepted, done };
  }

  /** It could not be added. */
  forget(id: string): void {
    this.#added.delete(id);
  }

  /** A task has changed, here or elsewhere. */
  note(task: Task): void {
    const { leases } = this.#options;
    if (!isWaiting(task)) this.#waiting.delete(task.id);
    else if (leases.hasAll || leases.hasReserved(task.id)) this.#waiting.set(task.id, task);
    if (isFinal(task)) this.#endAdded(task);
  }

  /** Takes a task to be sent that another process left. */
  takeUp(task: WaitingTask): void {
    this.#waiting.set(task.id, task);
  }

  /** Another process works on all tasks from now on. */
  clear(): void {
    this.#waiting.clear();
  }

  /** Nothing is sent any more. */
  end(): void {
    this.#isEnded = true;
  }

  /** What was added here and has not begun stays in the ledger, for another process. */
  dispose(): void {
    this.end();
    for (const { reject } of this.#added.values())
      reject(new DOMException('The queue has ended.', 'AbortError'));
    this.#added.clear();
  }

  /** It ended before this process began with it. */
  #endAdded(task: FinalTask): void {
    const ended = Promise.resolve(task);
    this.#added.get(task.id)?.resolve({ id: task.id, accepted: ended, done: ended });
    this.#added.delete(task.id);
  }

  /** Sends what waits, oldest first, as long as a place is free. */
  async send(): Promise<void> {
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
    const queue = await this.#options.pauses.state();
    if (queue.paused) return;
    for (const task of this.waiting()) {
      if (free <= 0) return;
      const account = await resolveAccount(task);
      if (this.#isEnded || this.#options.leases.isLost) return;
      if (!account) continue;
      if ('failure' in account) {
        await this.close(task, { status: 'failed', failure: account.failure });
        continue;
      }
      const { fingerprint } = account;
      if (fingerprint !== undefined && isPaused(queue, fingerprint, now)) continue;
      if (!this.#waiting.delete(task.id)) continue; // cancelled meanwhile
      const lease = await this.#options.leases.of(task.id);
      if (!lease) continue;
      free--;
      this.#follow(executor.send(task, lease, account, policy.ifHeldUp), true);
    }
  }

  #follow(started: StartedTask, isSentHere = false): void {
    const { id, done } = started;
    this.#started.set(id, started);
    this.#added.get(id)?.resolve(started);
    this.#added.delete(id);
    done
      .then(
        task => this.#settled(task, isSentHere),
        (error: unknown) => this.#stopped(id, error),
      )
      .catch((error: unknown) => this.#options.log.warn(`task ${id}: ${String(error)}`))
      .finally(() => {
        if (this.#started.get(id) === started) this.#started.delete(id);
        this.#options.wake();
      })
      .catch(() => {
        /* logged above */
      });
  }

  /** What the end of a task says of its service and its session. */
  async #settled(task: FinalTask | WaitingTask, isSentHere: boolean): Promise<void> {
    if (isWaiting(task)) {
      this.#away = {
        until: Date.now() + Math.min(1_000 * 2 ** this.#away.times, MAX_AWAY_MS),
        times: this.#away.times + 1,
      };
      this.tell();
      return;
    }
    this.#away = { until: 0, times: 0 };
    const { fingerprint, state } = task;
    const failure = state.status === 'failed' ? state.failure : undefined;
    const refused = failure && rowOf(failure).pausesSession ? failure : undefined;
    // What waits is not sent against the same refusal: this process has one session for as long as it runs.
    if (refused && isSentHere && this.#options.policy.ifHeldUp === 'end')
      await this.endWaiting(refused);
    if (fingerprint === undefined) return;
    if (state.status === 'completed') await this.#options.pauses.clearSession(fingerprint);
    if (refused) {
      await this.#options.pauses.pauseSession(fingerprint, refused);
      this.tell();
    }
  }

  /** A task that the ledger could not take as sent was not; one that is left alone at the end stays as it is. */
  async #stopped(id: string, error: unknown): Promise<void> {
    if (!(error instanceof Error && error.name === 'AbortError'))
      this.#options.log.warn(`task ${id}: ${String(error)}`);
    const task = await this.#options.ledger.get(id);
    if (this.#options.policy.ifHeldUp === 'wait' || !task || !isWaiting(task)) return;
    await this.close(task, { status: 'failed', failure: failureOf(error) });
  }

  /** Ends all that waits here. Where even that cannot be written, whoever added it hears the reason. */
  async endWaiting(failure: Failure): Promise<void> {
    await Promise.all(
      this.waiting().map(task =>
        this.close(task, { status: 'failed', failure }).catch((error: unknown) =>
          this.#added.get(task.id)?.reject(error),
        ),
      ),
    );
  }

  /** Tells that what holds tasks back has changed. */
  tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Ends a task that was never sent. False where another process has it. */
  async close(task: WaitingTask, state: TaskState): Promise<boolean> {
    this.#waiting.delete(task.id);
    const { executor } = this.#options;
    return !!(await this.underLease(task.id, lease => executor.reopen(task, lease, state)));
  }
}

/** What a task is told that could not be begun. */
export function failureOf(error: unknown): Failure {
  return isDiskFull(error)
    ? { kind: 'diskFull' }
    : { kind: 'unexpected', detail: errorCode(error) ?? String(error) };
}
