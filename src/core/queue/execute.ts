import { setTimeout as delay } from 'node:timers/promises';
import { isWeb } from '../inputs/address.ts';
import type { OpenInput } from '../inputs/content.ts';
import { loadInputs } from '../inputs/inputs.ts';
import type { Generated, JimengClient, ReceivedItems } from '../service/client.ts';
import { costsCredits, JimengError, mayHaveBeenCharged } from '../service/failures/failures.ts';
import { isActive, isFinal } from './transitions.ts';
import {
  assertNever,
  withServiceTaskId,
  serviceTaskIdOf,
  type FinalTask,
  type MissingPicture,
  type ActiveTask,
  type Task,
  type TaskState,
  type WaitingTask,
} from './task.ts';
import { rowOf, type Failure } from '../service/failures/table.ts';
import type { Lease } from './lease.ts';
import type { Ledger } from './store.ts';
import { Results, type ResultsOptions } from './results.ts';
import { Execution, type HeadChanges } from './execution.ts';
import { Poller, type PollerOptions } from './poller.ts';

export interface StartedTask<T extends FinalTask | WaitingTask = FinalTask | WaitingTask> {
  id: string;
  /** Resolves when the service knows the task by an id, or when it is final. */
  accepted: Promise<Task>;
  /** Resolves when nobody works on it any more; a task that could not be sent is `waiting` again then. */
  done: Promise<T>;
}

/** Who pays for a task, and what is asked for only once it is sent. */
export interface SendOptions {
  /** For the task's service, with the session that pays. */
  client: JimengClient;
  /** Of the session; undefined where nothing is kept of it. */
  fingerprint?: string;
  /** Where the service shall call, unless the request names an address. */
  callbackUrl?: () => Promise<string | undefined>;
}

export interface ExecutorOptions extends ResultsOptions {
  ledger: Ledger;
  /** A client without a session for the service at this address: looking at a task needs none. */
  connect: (url: string) => JimengClient;
  /** Opens the pictures that others are made from. */
  openInput: OpenInput;
  pause?: PollerOptions['pause'];
  /** When to look whether the service makes a cancelled task all the same; in ms after the cancel. */
  checksAfterCancel?: readonly number[];
}

/** When what the ledger could not take, as on a full disk, is written again. */
const RECORD_AGAIN_MS = 5_000;

/** The one way through: ledger → service → poll → result → pictures. */
export class Executor {
  readonly poller: Poller;
  readonly #options: ExecutorOptions;
  readonly #results: Results;
  readonly #runs = new Map<string, Execution>();
  readonly #ended = new AbortController();

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.poller = new Poller(options);
    this.#results = new Results(options);
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
    const run = new Execution(this.#options.ledger, lease, task, client);
    return this.#drive(run, async () => {
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
    const run = new Execution(
      this.#options.ledger,
      lease,
      task,
      this.#options.connect(task.service.url),
    );
    return this.#drive<FinalTask>(run, async () => {
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
   * follows. @param lease undefined only for one that this process works on
   */
  async reopen(
    task: Task,
    lease: Lease | undefined,
    state: TaskState,
    learned: HeadChanges = {},
  ): Promise<StartedTask<FinalTask> | undefined> {
    const running = this.#runs.get(task.id);
    if (running) {
      // a sync request that was no longer watched is still open
      await running.transition(state);
      return undefined;
    }
    if (!lease) throw new Error('A task is moved on under a lease only.');
    const run = new Execution(
      this.#options.ledger,
      lease,
      task,
      this.#options.connect(task.service.url),
    );
    if (!(await run.transition(state, learned)) || !isActive(run.task)) return undefined;
    return this.resume(run.task, lease);
  }

  /** The tasks that this process works on. */
  running(): Task[] {
    return [...this.#runs.values()].map(({ task }) => task);
  }

  has(id: string): boolean {
    return this.#runs.has(id);
  }

  /** Whether the ledger has this task as it is; not where the disk was full once its request had left. */
  isRecorded(id: string): boolean {
    return this.#runs.get(id)?.isRecorded ?? true;
  }

  /**
   * Cancels what costs nothing to cancel. `tooLate`: the service is already making the pictures, which go on and will be
   * saved. Throws JimengError when the service cannot be asked.
   */
  async cancel(id: string): Promise<'cancelled' | 'tooLate'> {
    const run = this.#runs.get(id);
    const task = (await run?.settled()) ?? (await this.#options.ledger.get(id));
    switch (task?.state.status) {
      case 'pending':
      case 'queued':
      case 'processing':
        return this.#cancelAtService(
          run?.client ?? this.#options.connect(task.service.url),
          task.state.serviceTaskId,
          run,
        );
      case 'sending':
        if (!run) return 'tooLate';
        run.cancelWanted = true;
        if (task.mode === 'async') return 'cancelled'; // at the service, as soon as it has an id
        run.stop();
        return (await run.ended.promise).state.status === 'cancelled' ? 'cancelled' : 'tooLate';
      default:
        return 'tooLate';
    }
  }

  /**
   * Tears a held request down, because the person no longer waits for it. Resolves with the task: `cancelled` only where
   * nothing had left, else `uncertain`, since the service goes on with it and spends the credits.
   */
  async abandon(id: string): Promise<Task | undefined> {
    const run = this.#runs.get(id);
    if (!run) return undefined;
    run.cancelWanted = true;
    run.stop();
    return run.ended.promise;
  }

  /** Leaves a task that the service works on alone. A held request stays open: what comes of it is kept. */
  async stopWatching(id: string): Promise<void> {
    const run = this.#runs.get(id);
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
    this.#ended.abort();
    this.stopAll();
  }

  /** Stops moving tasks on because another process does. */
  stopAll(): void {
    for (const run of this.#runs.values()) run.stop();
  }

  /** `T`: whether the work can end with a task that waits again. */
  #drive<T extends FinalTask | WaitingTask>(
    run: Execution,
    work: () => Promise<void>,
  ): StartedTask<T> {
    this.#ended.signal.throwIfAborted();
    const { id } = run.task;
    this.#runs.set(id, run);
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
    if (this.#runs.get(id) === run) this.#runs.delete(id);
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
    const stop = this.#options.ledger.onDidChange(offer);
    offer(run.task);
    const accepted = Promise.race([promise, done]).finally(stop);
    accepted.catch(() => {
      /* `done` tells it too, and a caller may wait for one of them only */
    });
    return accepted;
  }

  async #send(
    run: Execution,
    body: WaitingTask['state']['body'],
    options: SendOptions,
    ifNotSent: WaitingTask['state'] | false,
  ): Promise<void> {
    const { request, mode } = run.task;
    const isSync = mode === 'sync';
    const { images } = request;
    let answer: Generated;
    let left = false;
    const isCancelWanted = () => run.cancelWanted; // asked anew after each await
    const onSent = () => {
      left = true;
      if (isSync)
        run.transition({ status: 'running' }).catch(() => {
          /* the next move tells it too */
        });
    };
    try {
      const inputs =
        images &&
        (await loadInputs(images, this.#options.openInput, this.#options.network, run.signal));
      if (isCancelWanted()) {
        await run.transition({ status: 'cancelled' });
        return;
      }
      const callbackUrl =
        request.callbackUrl ?? (isSync ? undefined : await options.callbackUrl?.());
      answer = await run.client.generate(
        { kind: request.kind, body },
        {
          async: !isSync,
          ...(callbackUrl !== undefined && { callbackUrl }),
          ...(inputs && { inputs }),
          onlyDemo: run.task.service.demo,
          onSent,
          // An async request is answered in milliseconds and may not be torn down half-way: its task would have no id.
          ...(isSync && { signal: run.signal }),
        },
      );
    } catch (error) {
      await run.transition(
        stateAfter(error, run.task, { left, cancelWanted: isCancelWanted(), ifNotSent }),
      );
      return;
    }
    if (answer.type === 'result') return this.#receive(run, answer);
    await run.transition({ status: answer.status, serviceTaskId: answer.serviceTaskId });
    if (
      isCancelWanted() &&
      (await this.#cancelAtService(run.client, answer.serviceTaskId, run)) === 'cancelled'
    )
      return;
    return this.#watch(run, answer.serviceTaskId);
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

  async #cancelAtService(
    client: JimengClient,
    serviceTaskId: string,
    run: Execution | undefined,
  ): Promise<'cancelled' | 'tooLate'> {
    try {
      await client.cancelTask(serviceTaskId);
    } catch (error) {
      if (error instanceof JimengError && error.failure.kind === 'notCancellable') return 'tooLate';
      throw error;
    }
    if (run) {
      await run.transition({ status: 'cancelled', serviceTaskId });
      run.stop();
      // The service is away, has forgotten it, or this window ends: then there is nothing to offer.
      this.#checkCancelled(run, serviceTaskId).catch(() => undefined);
    }
    return 'cancelled';
  }

  /** service-contract: a cancel can be answered `cancelled` and the task still run on to `completed`. */
  async #checkCancelled(run: Execution, serviceTaskId: string): Promise<void> {
    const { checksAfterCancel = [30_000, 120_000, 300_000, 600_000] } = this.#options;
    let waited = 0;
    for (const time of checksAfterCancel) {
      await delay(time - waited, undefined, { signal: this.#ended.signal, ref: false });
      waited = time;
      const task = await this.#options
        .connect(run.task.service.url)
        .getTask(serviceTaskId, this.#ended.signal);
      if (task.status !== 'completed') continue;
      await run.transition({
        status: 'detached',
        serviceTaskId,
        results: await this.#results.keep(run.task.id, task.items),
      });
      return;
    }
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

/** Where a task goes whose request was not answered. Throws the error of one that this process just left alone. */
function stateAfter(
  error: unknown,
  task: Task,
  {
    left,
    cancelWanted,
    ifNotSent,
  }: { left: boolean; cancelWanted: boolean; ifNotSent: WaitingTask['state'] | false },
): TaskState {
  if (!(error instanceof JimengError)) {
    if (!cancelWanted && left) throw error;
    if (!cancelWanted && ifNotSent) return ifNotSent;
    return left ? { status: 'uncertain' } : { status: 'cancelled' }; // torn down: what had left may be charged all the same
  }
  const { failure } = error;
  if (mayHaveBeenCharged(failure)) return { status: 'uncertain', failure };
  if (cancelWanted && !costsCredits(failure)) return { status: 'cancelled' };
  const { unsent, final } = rowOf(failure);
  return ifNotSent && unsent && !final
    ? ifNotSent
    : { status: 'failed', failure: reasonOf(failure, task) };
}

/** The service says alike that it could not load a picture and that it could not send it on: with addresses it is the first. */
function reasonOf(failure: Failure, { request: { images } }: Task): Failure {
  return failure.kind === 'uploadFailed' && images?.every(({ uri }) => isWeb(uri))
    ? { ...failure, kind: 'remoteFile' }
    : failure;
}

/** Said in the place behind the last result: more came than are taken. */
function notTaken(index: number, beyond: number | undefined): MissingPicture[] {
  return beyond === undefined
    ? []
    : [{ index, failure: { kind: 'tooManyResults', detail: String(beyond) } }];
}
