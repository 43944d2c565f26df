import type { OpenInput } from '../../inputs/content.ts';
import type { JimengClient, ReceivedItems } from '../../service/client.ts';
import type { Lease } from '../lease.ts';
import type { Ledger } from '../store.ts';
import {
  assertNever,
  serviceTaskIdOf,
  withServiceTaskId,
  type ActiveTask,
  type FinalTask,
  type Task,
  type TaskState,
  type WaitingTask,
} from '../task.ts';
import { isActive, isFinal } from '../transitions.ts';
import { cancelAtService, resultsAfterCancel } from './cancel.ts';
import { Execution, type HeadChanges } from './execution.ts';
import { Executions, type StartedTask } from './executions.ts';
import { Poller, type PollerOptions } from './poller.ts';
import { notTaken, Results, type ResultsOptions } from './results.ts';
import { reasonOf, sendRequest, type SendOptions } from './send.ts';

export interface ExecutorOptions extends ResultsOptions, PollerOptions {
  ledger: Ledger;
  connect: (url: string) => JimengClient;
  /** Opens the pictures that others are made from. */
  openInput: OpenInput;
  /** When to look whether the service makes a cancelled task all the same; in ms after the cancel. */
  checksAfterCancel?: readonly number[];
}

/** The one way through: ledger → service → poll → result → pictures. */
export class Executor {
  readonly poller: Poller;
  readonly #options: ExecutorOptions;
  readonly #results: Results;
  readonly #executions: Executions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.poller = new Poller(options);
    this.#results = new Results(options);
    this.#executions = new Executions(options.ledger);
  }

  /**
   * Sends a waiting task, once. Rejects when the ledger cannot be written: nothing was sent then.
   * @param ifNotSent where the service, or the proxy on the way, is not there: nothing has left, and the task waits again
   * or fails
   */
  send(
    task: WaitingTask,
    lease: Lease,
    options: SendOptions,
    ifNotSent: 'wait' | 'end',
  ): StartedTask {
    const { client, fingerprint } = options;
    const run = this.#execution(task, lease, client);
    return this.#executions.begin(run, async () => {
      const sending = await run.transition(
        { status: 'sending' },
        { sentAt: Date.now(), ...(fingerprint !== undefined && { fingerprint }) },
      );
      if (sending)
        await this.#send(run, task.state.body, options, ifNotSent === 'wait' && task.state);
    });
  }

  /**
   * Goes on with what an earlier window or a crash left unfinished. A request that had left and has no id is
   * `uncertain`: it may have been charged, so it is not sent again.
   */
  resume(task: ActiveTask, lease: Lease): StartedTask<FinalTask> {
    const run = this.#execution(task, lease);
    return this.#executions.begin<FinalTask>(run, async () => {
      switch (task.state.status) {
        case 'sending':
        case 'running':
          await run.transition({ status: 'uncertain' });
          return;
        case 'pending':
        case 'queued':
        case 'processing':
          return this.#watch(run, task.state.serviceTaskId);
        case 'saving':
          return this.#results.save(run);
        default:
          return assertNever(task.state);
      }
    });
  }

  /**
   * Moves a task on that nobody works on, because the person asks for it. Undefined when it may not go there, or no work
   * follows: the lease is still the caller's then.
   */
  async reopen(
    task: Task,
    lease: Lease,
    state: TaskState,
    learned: HeadChanges = {},
  ): Promise<StartedTask<FinalTask> | undefined> {
    const run = this.#execution(task, lease);
    if (!(await run.transition(state, learned)) || !isActive(run.task)) return undefined;
    return this.resume(run.task, lease);
  }

  /**
   * Moves a task to another state that this process still works on, as a sync request that is no longer watched. False
   * where it does not, or the task may not go there.
   */
  async change(id: string, stateOf: (task: Task) => TaskState | undefined): Promise<boolean> {
    const run = this.#executions.get(id);
    const state = run && stateOf(await run.settled());
    return state ? run.transition(state) : false;
  }

  /** The tasks that this process works on. */
  running(): Task[] {
    return this.#executions.all().map(({ task }) => task);
  }

  has(id: string): boolean {
    return this.#executions.get(id) !== undefined;
  }

  /** Whether the ledger has this task as it is; not where the disk was full once its request had left. */
  isRecorded(id: string): boolean {
    return this.#executions.get(id)?.isRecorded ?? true;
  }

  /**
   * Cancels what costs nothing to cancel. `tooLate`: the service is already making the pictures, which go on and will be
   * saved. Throws JimengError when the service cannot be asked.
   */
  async cancel(id: string): Promise<'cancelled' | 'tooLate'> {
    const run = this.#executions.get(id);
    const task = (await run?.settled()) ?? (await this.#options.ledger.get(id));
    switch (task?.state.status) {
      case 'pending':
      case 'queued':
      case 'processing':
        return run
          ? this.#cancelAtService(run, task.state.serviceTaskId)
          : cancelAtService(this.#options.connect(task.service.url), task.state.serviceTaskId);
      case 'sending':
        if (!run) return 'tooLate';
        run.cancelWanted = true;
        if (task.mode === 'async') return 'cancelled'; // at the service, as soon as it has an id
        return (await this.abandon(id))?.state.status === 'cancelled' ? 'cancelled' : 'tooLate';
      default:
        return 'tooLate';
    }
  }

  /**
   * Tears a held request down, because the person no longer waits for it. Resolves with the task: `cancelled` only where
   * nothing had left, else `uncertain`, since the service goes on with it and spends the credits.
   */
  async abandon(id: string): Promise<Task | undefined> {
    const run = this.#executions.get(id);
    if (!run) return undefined;
    run.cancelWanted = true;
    run.stop();
    return run.ended.promise;
  }

  /** Leaves a task that the service works on alone. A held request stays open: what comes of it is kept. */
  async stopWatching(id: string): Promise<void> {
    const run = this.#executions.get(id);
    if (!run) return;
    const task = await run.settled();
    const detached = await run.transition({
      status: 'detached',
      ...withServiceTaskId(serviceTaskIdOf(task)),
    });
    if (detached && task.state.status !== 'running') run.stop();
  }

  /** Stops moving tasks on, as at the end of a window. They stay in the ledger as they are and are taken up again; nothing new is begun. */
  dispose(): void {
    this.#executions.dispose();
  }

  /** Stops moving tasks on because another process does. */
  stopAll(): void {
    this.#executions.stopAll();
  }

  async #watch(run: Execution, serviceTaskId: string): Promise<void> {
    const watched = await this.poller
      .poll({
        url: run.task.service.url,
        serviceTaskId,
        signal: run.signal,
        onStatus: async status => {
          if (run.task.state.status !== status) await run.transition({ status, serviceTaskId });
        },
      })
      .catch((error: unknown) => {
        if (isFinal(run.task)) return undefined; // cancelled, or no longer watched
        throw error;
      });
    switch (watched?.outcome) {
      case 'result':
        return this.#receive(run, watched, serviceTaskId);
      case 'failed':
        await run.transition({
          status: 'failed',
          serviceTaskId,
          failure: reasonOf(watched.failure, run.task),
        });
        return;
      case 'cancelled':
        await run.transition({ status: 'cancelled', serviceTaskId });
        return;
      case 'lost':
        await run.transition({
          status: 'lost',
          serviceTaskId,
          ...(watched.failure && { failure: watched.failure }),
        });
        return;
      case undefined:
        return;
      default:
        return assertNever(watched);
    }
  }

  #execution(
    task: Task,
    lease: Lease,
    client = this.#options.connect(task.service.url),
  ): Execution {
    return new Execution(this.#options.ledger, lease, task, client);
  }

  async #send(
    run: Execution,
    body: WaitingTask['state']['body'],
    options: SendOptions,
    ifNotSent: WaitingTask['state'] | false,
  ): Promise<void> {
    const answer = await sendRequest(run, body, options, ifNotSent, this.#options);
    if (!answer) return;
    if (answer.type === 'result') return this.#receive(run, answer);
    const { status, serviceTaskId } = answer;
    await run.transition({ status, serviceTaskId });
    const isCancelled =
      run.cancelWanted && (await this.#cancelAtService(run, serviceTaskId)) === 'cancelled';
    if (!isCancelled) await this.#watch(run, serviceTaskId);
  }

  async #cancelAtService(run: Execution, serviceTaskId: string): Promise<'cancelled' | 'tooLate'> {
    const outcome = await cancelAtService(run.client, serviceTaskId);
    if (outcome === 'tooLate') return outcome;
    await run.transition({ status: 'cancelled', serviceTaskId });
    run.stop();
    // The service is away, has forgotten it, or this window ends: then there is nothing to offer.
    this.#offerIfMade(run, serviceTaskId).catch(() => undefined);
    return outcome;
  }

  async #offerIfMade(run: Execution, serviceTaskId: string): Promise<void> {
    const { connect, checksAfterCancel } = this.#options;
    const items = await resultsAfterCancel(
      connect(run.task.service.url),
      serviceTaskId,
      this.#executions.ended,
      checksAfterCancel,
    );
    if (!items) return;
    const results = await this.#results.keep(run.task.id, items);
    await run.transition({ status: 'detached', serviceTaskId, results });
  }

  async #receive(
    run: Execution,
    { items, beyond }: ReceivedItems,
    serviceTaskId?: string,
  ): Promise<void> {
    const results = await this.#results.keep(run.task.id, items);
    if (run.task.state.status === 'detached') {
      // held, and nobody waits for it any more: it is offered
      await run.transition({ status: 'detached', results });
      return;
    }
    if (
      await run.transition({
        status: 'saving',
        ...withServiceTaskId(serviceTaskId),
        results,
        files: [],
        missing: notTaken(results.length, beyond),
      })
    )
      await this.#results.save(run);
  }
}
