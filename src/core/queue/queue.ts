import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Commands, type Command, type CommandOutcome } from './commands.ts';
import { Dispatcher, failureOf } from './dispatcher.ts';
import type { StartedTask } from './execute/executions.ts';
import { QueueLeases } from './lease.ts';
import { PauseStore, type QueueState } from './pauses.ts';
import type { QueueOptions } from './policy.ts';
import type { PreparedRequest } from './prepare.ts';
import { canRefetch, refetchedState, resumedState, type ResumeCommand } from './resume.ts';
import { Scheduler } from './scheduler.ts';
import { assertNever, type OpenTask, type Task, type WaitingTask } from './task.ts';
import { isActive, isFinal, isWaiting } from './transitions.ts';

/** How often a process checks whether there is work that nobody does, unless told otherwise; in ms. */
const DEFAULT_TICK_MS = 2_000;
/** So many ticks may fail in a row before what waits is ended, where it is not left to wait. */
const MAX_FAILED_TICKS = 3;
/**
 * Our own queue, in front of the service: the only way in. Every process that has one shows and changes the same tasks;
 * who holds a lease sends, polls and saves what it covers, and takes up what is unfinished, whoever left it.
 */
export class TaskQueue {
  readonly #options: QueueOptions;
  readonly #commands: Commands;
  readonly #pauses: PauseStore;
  readonly #leases: QueueLeases;
  readonly #dispatcher: Dispatcher;
  readonly #scheduler: Scheduler;
  readonly #stopListening: () => void;
  readonly #declined = new Set<string>();
  #failedTicks = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
    const { ledger, folder, policy } = options;
    this.#commands = new Commands(join(folder, 'commands'), options.log);
    this.#pauses = new PauseStore(join(folder, 'queue.json'));
    this.#leases = new QueueLeases(policy.lease, folder, id => ledger.acquire(id));
    this.#dispatcher = new Dispatcher({
      ...options,
      leases: this.#leases,
      pauses: this.#pauses,
      wake: () => this.wake(),
    });
    this.#scheduler = new Scheduler(() => this.#tick(), options.tickMs ?? DEFAULT_TICK_MS);
    this.#stopListening = ledger.onDidChange(task => {
      this.#dispatcher.note(task);
      if (!isFinal(task)) this.wake();
    });
  }

  /** Whether this process works on all tasks. */
  get isLeader(): boolean {
    return this.#leases.hasAll;
  }

  /** Called when the queue is paused or goes on, and when the service is away. Returns what ends it. */
  onDidChangeQueue(listener: () => void): () => void {
    return this.#dispatcher.onDidChange(listener);
  }

  /** Whether the service could not be reached when this process was to send something; it is tried again. */
  get isServiceAway(): boolean {
    return this.#dispatcher.isServiceAway;
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
    if (this.#dispatcher.isEnded) throw new Error('The queue has ended.');
    const [id, now] = [randomUUID(), Date.now()];
    const task = { ...prepared, id, createdAt: now, updatedAt: now };
    await this.#leases.reserve(id);
    const started = this.#dispatcher.expect(id);
    try {
      await this.#options.ledger.put(task);
    } catch (error) {
      this.#dispatcher.forget(id);
      await this.#leases.releaseReserved(id);
      throw error;
    }
    this.wake();
    return started;
  }

  /**
   * Has a command handled by the process that works on the tasks: with one lease for all it may be another window, else it
   * is this one. Throws JimengError with what stood against it.
   */
  command(command: Command): Promise<CommandOutcome> {
    if (this.#options.policy.lease === 'task')
      return this.#dispatcher.isEnded ? Promise.resolve('tooLate') : this.#handle(command);
    return this.#commands.send(command, () => this.wake());
  }

  /**
   * Goes on with a task that another process left; one that was never sent is cancelled. Undefined where a process works
   * on it, or nothing is left to be done.
   */
  async resume(id: string): Promise<StartedTask | undefined> {
    const { ledger, executor } = this.#options;
    if (this.#dispatcher.has(id)) return undefined;
    const moved = await this.#dispatcher.underLease(id, async lease => {
      const task = await ledger.get(id); // as the other process left it
      if (task && isActive(task)) return executor.resume(task, lease);
      if (task && isWaiting(task)) await executor.reopen(task, lease, { status: 'cancelled' });
      return undefined;
    });
    return moved?.started;
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
    if (this.#dispatcher.has(id) || this.#dispatcher.isEnded) return undefined;
    const moved = await this.#dispatcher.underLease(id, async lease => {
      const known = await ledger.get(id);
      if (!known && begunElsewhere) await ledger.put(begunElsewhere);
      const task = known ?? begunElsewhere;
      const goesOn =
        task && isActive(task) && (!canRefetch(task) || (folder ?? task.folder) === task.folder);
      if (goesOn) return executor.resume(task, lease);
      const state = task && (await refetchedState(task, folder));
      return state && executor.reopen(task, lease, state, folder === undefined ? {} : { folder });
    });
    return moved?.started;
  }

  /**
   * Sends nothing new and cancels what waits here. Waits for what would be lost: a result that comes through an open
   * connection only, and what is being saved. Tasks at a service stay in the ledger for a later process.
   */
  async finish(): Promise<void> {
    this.#dispatcher.end();
    await this.#scheduler.end();
    for (const task of this.#dispatcher.waiting())
      await this.#dispatcher.close(task, { status: 'cancelled' }).catch(() => {
        /* the next process does it */
      });
    await Promise.allSettled(
      this.#dispatcher.started().map(async ({ id, accepted, done }) => {
        const atService = await accepted;
        const task =
          'serviceTaskId' in atService.state ? await this.#options.ledger.get(id) : atService;
        if (task?.state.status === 'saving') await done;
      }),
    );
    const started = this.#dispatcher.started();
    await this.dispose();
    await Promise.allSettled(started.map(({ done }) => done));
  }

  /** Lets another process take over. Tasks stay in the ledger as they are. */
  async dispose(): Promise<void> {
    this.#dispatcher.dispose();
    this.#stopListening();
    this.#options.executor.dispose();
    await this.#scheduler.end();
    await this.#leases.dispose();
  }

  /** Whether there is more to do; what goes wrong is tried again at the next tick. */
  async #tick(): Promise<boolean> {
    try {
      const isBusy = await this.#work();
      this.#failedTicks = 0;
      return isBusy;
    } catch (error) {
      const { log, policy } = this.#options;
      log.warn(`queue: ${String(error)}`);
      if (policy.ifHeldUp === 'end' && ++this.#failedTicks >= MAX_FAILED_TICKS)
        await this.#dispatcher.endWaiting(failureOf(error));
      return true;
    }
  }

  /** Takes the lease if it needs one, nobody has it and there is work, and does what is to be done. Whether there is more. */
  async #work(): Promise<boolean> {
    const { ledger, executor, policy } = this.#options;
    if (this.#leases.isLost) {
      executor.stopAll();
      await this.#stepDown();
    }
    let unfinished = await this.#unfinishedIds();
    const work =
      unfinished.length > 0 || (policy.lease === 'queue' && (await this.#commands.hasAny()));
    if (!work && executor.running().length === 0) {
      await this.#stepDown();
      return false;
    }
    const isNew = policy.lease === 'queue' && !this.#leases.hasAll;
    if (isNew) {
      if (!(await this.#leases.tryAll())) return true;
      unfinished = await this.#unfinishedIds(); // what came meanwhile was not told to this process: nobody may pass it
    }
    if (this.#leases.hasAll) await this.#commands.handleAll(command => this.#handle(command));
    await this.#takeUp(unfinished);
    await this.#dispatcher.send();
    if (isNew) await ledger.prune();
    return true;
  }

  async #unfinishedIds(): Promise<string[]> {
    const ids = await this.#options.ledger.unfinishedIds();
    return ids.filter(id => !this.#declined.has(id));
  }

  async #stepDown(): Promise<void> {
    if (!this.#leases.hasAll) return;
    this.#dispatcher.clear();
    await this.#leases.releaseAll();
  }

  /** What another process began, or left behind. */
  async #takeUp(unfinished: readonly string[]): Promise<void> {
    const { ledger, policy, log } = this.#options;
    for (const id of unfinished) {
      if (this.#dispatcher.has(id)) continue;
      const task = await ledger.get(id).catch(() => undefined); // one that cannot be read stops no other
      if (!task || isFinal(task) || this.#dispatcher.has(id) || this.#leases.hasReserved(id))
        continue;
      if (!policy.resumes(task as OpenTask)) this.#declined.add(id);
      else if (isWaiting(task) && policy.ifHeldUp === 'wait') this.#dispatcher.takeUp(task);
      else
        await this.resume(id).catch((error: unknown) => log.warn(`task ${id}: ${String(error)}`));
    }
  }

  async #handle(command: Command): Promise<CommandOutcome> {
    const { ledger, executor } = this.#options;
    switch (command.type) {
      case 'pause':
        await this.#pauses.pause();
        this.#dispatcher.tell();
        return 'done';
      case 'resume':
        await this.#pauses.resume();
        this.#dispatcher.resume();
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
    return (await this.#dispatcher.close(task, { status: 'cancelled' })) ? 'done' : 'tooLate';
  }

  async #reopen(command: ResumeCommand): Promise<CommandOutcome> {
    const { ledger, executor } = this.#options;
    const { id } = command;
    // A sync request that is no longer watched may still be open.
    if (await executor.change(id, task => resumedState(task, command, true))) return 'done';
    if (executor.has(id)) return 'tooLate';
    let outcome: CommandOutcome = 'tooLate';
    await this.#dispatcher.underLease(id, async lease => {
      const task = await ledger.get(id);
      const state = task && resumedState(task, command, false);
      if (state) outcome = 'done';
      return state && executor.reopen(task, lease, state);
    });
    return outcome;
  }
}
