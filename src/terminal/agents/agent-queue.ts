import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../../core/system/files.ts';
import { isActive, isFinal, isWaiting } from '../../core/queue/transitions.ts';
import type { JimengClient } from '../../core/service/client.ts';
import type { Failure, FinalTask, Task, TaskState, WaitingTask } from '../../core/queue/task.ts';
import type { Lease } from '../../core/queue/lease.ts';
import type { Ledger } from '../../core/queue/store.ts';
import { newTask, type PreparedRequest } from '../../core/queue/new-task.ts';
import { refetchedState } from '../../core/queue/resume.ts';
import type { StartedTask, Executor } from '../../core/queue/execute.ts';
import { Scheduler } from '../../core/queue/scheduler.ts';
import type { CommandOutcome } from '../../core/queue/commands.ts';

/** How many tasks are at the service at once, and how long one keeps its place: as in the editor. */
const MAX_RUNNING = 2;
const SLOW_AFTER_MS = 10 * 60_000;
/** How often it is looked whether a task is left that another process worked on. */
const LOOK_AGAIN_MS = 2_000;

interface Waiting {
  task: WaitingTask;
  claim: Lease;
  order: PreparedRequest;
  client: JimengClient;
}

/**
 * The tasks of one MCP server: a few are at the service, the others wait. Not the editor's engine, which works on all
 * tasks of the ledger with one session: servers have a session each, and other commands work on tasks of the same ledger.
 */
export class AgentQueue {
  readonly #ledger: Ledger;
  readonly #runner: Executor;
  readonly #waiting: Waiting[] = [];
  readonly #started = new Set<StartedTask>();
  readonly #recovery = new Scheduler(() => this.#recover(), LOOK_AGAIN_MS);
  #places = MAX_RUNNING;
  #ended = false;

  constructor(ledger: Ledger, runner: Executor) {
    this.#ledger = ledger;
    this.#runner = runner;
  }

  /** Goes on with what agents asked other servers for, as soon as nobody works on it; until `end`. */
  begin(): void {
    this.#ledger.onDidChange(task => {
      if (!isFinal(task) && !this.#works(task.id)) this.#recovery.wake();
    });
    this.#recovery.wake();
  }

  /** On the disk when it resolves. @param client with the session that pays */
  async enqueue(order: PreparedRequest, client: JimengClient): Promise<Task> {
    if (this.#ended) throw new Error('The server ends.');
    const task = newTask(order);
    const claim = await this.#ledger.acquire(task.id);
    if (!claim) throw new Error(`The new task ${task.id} is already claimed.`);
    try {
      await this.#ledger.put(task);
    } catch (error) {
      await claim.release();
      throw error;
    }
    this.#waiting.push({ task, claim, order, client });
    this.#next();
    return task;
  }

  async cancel(id: string): Promise<CommandOutcome> {
    if (this.#ended) return 'tooLate';
    const index = this.#waiting.findIndex(({ task }) => task.id === id);
    const [waiting] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (waiting) {
      await this.#close(waiting, { status: 'cancelled' });
      return 'done';
    }
    return (await this.#runner.cancel(id)) === 'cancelled' ? 'done' : 'tooLate';
  }

  /**
   * Goes on with a task that nobody works on, to fetch what is missing of its pictures. `tooLate` where somebody does, or
   * nothing is missing or can be had. @param folder a URI; undefined: the task's own
   */
  async fetchMissing(id: string, folder: string | undefined): Promise<CommandOutcome> {
    const claim = this.#works(id) || this.#ended ? undefined : await this.#ledger.acquire(id);
    if (!claim) return 'tooLate';
    try {
      const task = await this.#ledger.get(id);
      const state = task && (await refetchedState(task, folder));
      const started =
        state &&
        (await this.#runner.reopen(task, claim, state, folder === undefined ? {} : { folder }));
      if (started) {
        this.#follow(started);
        return 'done';
      }
    } catch (error) {
      await claim.release();
      throw error;
    }
    await claim.release();
    return 'tooLate';
  }

  /**
   * Nothing new is sent. What comes through an open connection only, and what is being saved, is waited for; tasks at a
   * service stay in the ledger for a later server.
   */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#recovery.end();
    for (const waiting of this.#waiting.splice(0))
      await this.#close(waiting, { status: 'cancelled' }).catch(() => {
        /* the next server does */
      });
    await Promise.allSettled(
      [...this.#started].map(async ({ id, accepted, done }) => {
        const atService = await accepted;
        const task = 'serviceTaskId' in atService.state ? await this.#ledger.get(id) : atService;
        if (task?.state.status === 'saving') await done;
      }),
    );
    this.#runner.dispose();
    await Promise.allSettled([...this.#started].map(({ done }) => done));
  }

  #works(id: string): boolean {
    return this.#runner.has(id) || this.#waiting.some(({ task }) => task.id === id);
  }

  /** One look at what is left; whether there is more, which another server works on, or could not be taken up. */
  async #recover(): Promise<boolean> {
    try {
      const left = (await this.#ledger.unfinished()).filter(
        task => task.by === 'agent' && !this.#works(task.id),
      );
      let isMore = false;
      for (const { id } of left) {
        const claim = await this.#ledger.acquire(id);
        if (!claim) {
          isMore = true;
          continue;
        }
        await this.#takeUp(id, claim).catch(async () => {
          isMore = true;
          await claim.release();
        });
      }
      return isMore;
    } catch {
      return true; // a disk that is full, or a file that is busy: the next look tries again
    }
  }

  /** What was never sent is cancelled: who asked for it is gone, and it costs nothing. */
  async #takeUp(id: string, claim: Lease): Promise<void> {
    const task = await this.#ledger.get(id);
    if (task && isWaiting(task)) await this.#close({ task, claim }, { status: 'cancelled' });
    else if (task && isActive(task)) this.#follow(this.#runner.resume(task, claim));
    else await claim.release();
  }

  #next(): void {
    while (this.#places > 0 && !this.#ended) {
      const waiting = this.#waiting.shift();
      if (!waiting) return;
      this.#places--;
      this.#send(waiting)
        .catch(() => {
          /* left as it is in the ledger */
        })
        .finally(() => waiting.claim.release())
        .catch(() => {
          /* a claim without a holder is seen as such */
        });
    }
  }

  async #send(waiting: Waiting): Promise<void> {
    const { task, claim, order, client } = waiting;
    const { callbackUrl } = order.request;
    const started = this.#follow(
      this.#runner.send(task, shared(claim), {
        client,
        checked: order.checked,
        ...(callbackUrl !== undefined && { callbackUrl }),
      }),
    );
    const settled = started.done.then(
      ended => this.#settled(ended, waiting),
      (error: unknown) => this.#notSent(error, waiting),
    );
    await Promise.race([
      settled.catch(() => {
        /* told below */
      }),
      delay(SLOW_AFTER_MS, undefined, { ref: false }),
    ]);
    this.#places++;
    this.#next();
    await settled;
  }

  async #settled(ended: FinalTask | WaitingTask, { claim }: Waiting): Promise<void> {
    if (!isWaiting(ended)) {
      await this.#failAlike(ended);
    } else if (this.#ended) {
      await this.#close({ task: ended, claim }, { status: 'cancelled' });
    } else {
      // the service went away before it was sent; who asked for it hears that
      await this.#close(
        { task: ended, claim },
        { status: 'failed', failure: { kind: 'serviceDown' } },
      );
    }
  }

  /** A task that the ledger could not take as sent was not; one that this server left alone at its end stays as it is. */
  async #notSent(error: unknown, { task, claim }: Waiting): Promise<void> {
    if ((await this.#ledger.get(task.id))?.state.status !== 'waiting') return;
    const code = errorCode(error);
    const failure: Failure =
      code === 'ENOSPC' || code === 'EDQUOT'
        ? { kind: 'diskFull' }
        : { kind: 'unexpected', detail: code ?? String(error) };
    await this.#close({ task, claim }, { status: 'failed', failure });
  }

  /** What waits is not sent into the same wall; this server's session stays the same until it is started anew. */
  async #failAlike(task: FinalTask): Promise<void> {
    if (
      task.state.status !== 'failed' ||
      (task.state.failure.kind !== 'sessionExpired' && task.state.failure.kind !== 'riskControl')
    )
      return;
    const {
      state: { failure },
    } = task;
    await Promise.all(
      this.#waiting.splice(0).map(waiting => this.#close(waiting, { status: 'failed', failure })),
    );
  }

  /** Ends a task that was never sent. */
  async #close({ task, claim }: Pick<Waiting, 'task' | 'claim'>, state: TaskState): Promise<void> {
    await this.#runner.reopen(task, shared(claim), state);
    await claim.release();
  }

  #follow(started: StartedTask): StartedTask {
    this.#started.add(started);
    started.done
      .catch(() => {
        /* left as it is in the ledger */
      })
      .finally(() => this.#started.delete(started))
      .catch(() => {
        /* as above */
      });
    return started;
  }
}

/** A claim that lasts longer than the work that is done under it. */
function shared({ lost }: Lease): Lease {
  return { lost, release: () => Promise.resolve() };
}
