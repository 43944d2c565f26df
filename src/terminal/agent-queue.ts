import { setTimeout as delay } from 'node:timers/promises';
import type { JimengClient } from '../core/service/client.ts';
import { isFinal } from '../core/final.ts';
import type { FinalTask, Task, TaskState, WaitingTask } from '../core/task.ts';
import type { Claim } from '../core/tasks/claim.ts';
import type { Ledger } from '../core/tasks/ledger.ts';
import { newTask, type Order } from '../core/tasks/order.ts';
import type { Started, TaskRunner } from '../core/tasks/runner.ts';
import type { Outcome } from '../core/tasks/wishes.ts';

/** How many tasks are at the service at once, and how long one keeps its place, in ms: as in the editor. */
const concurrency = 2;
const slowAfter = 10 * 60_000;

interface Waiting { task: WaitingTask; claim: Claim; order: Order; client: JimengClient }

/**
 * The tasks of one MCP server: a few are at the service, the others wait. Not the editor's engine, which works on all
 * tasks of the ledger with one session: servers have a session each, and other commands work on tasks of the same ledger.
 */
export class AgentQueue {
  readonly #ledger: Ledger;
  readonly #runner: TaskRunner;
  readonly #waiting: Waiting[] = [];
  readonly #started = new Set<Started>();
  #places = concurrency;
  #ended = false;

  constructor(ledger: Ledger, runner: TaskRunner) {
    this.#ledger = ledger;
    this.#runner = runner;
  }

  /** On the disk when it resolves. @param client with the session that pays */
  async enqueue(order: Order, client: JimengClient): Promise<Task> {
    if (this.#ended) { throw new Error('The server ends.'); }
    const task = newTask(order);
    const claim = await this.#ledger.claim(task.id);
    if (!claim) { throw new Error(`The new task ${task.id} is already claimed.`); }
    await this.#ledger.put(task);
    this.#waiting.push({ task, claim, order, client });
    this.#next();
    return task;
  }

  async cancel(id: string): Promise<Outcome> {
    if (this.#ended) { return 'tooLate'; }
    const index = this.#waiting.findIndex(({ task }) => task.id === id);
    const [waiting] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (waiting) {
      await this.#close(waiting, { status: 'cancelled' });
      return 'done';
    }
    return await this.#runner.cancel(id) === 'cancelled' ? 'done' : 'tooLate';
  }

  /**
   * Goes on with what agents asked earlier servers for and nobody works on. What was never sent is cancelled: who asked
   * for it is gone, and it costs nothing.
   */
  async takeUp(): Promise<void> {
    for (const known of await this.#ledger.unfinished()) {
      const claim = known.by === 'agent' ? await this.#ledger.claim(known.id) : undefined;
      const task = claim && await this.#ledger.get(known.id);
      if (!claim || !task) { continue; }
      if (task.status === 'waiting') { await this.#close({ task, claim }, { status: 'cancelled' }); }
      else if (isFinal(task)) { await claim.release(); }
      else { this.#follow(this.#runner.takeUp(task, claim)); }
    }
    await this.#ledger.prune();
  }

  /**
   * Nothing new is sent. What comes through an open connection only, and what is being saved, is waited for; tasks at a
   * service stay in the ledger for a later server.
   */
  async end(): Promise<void> {
    this.#ended = true;
    for (const waiting of this.#waiting.splice(0)) { await this.#close(waiting, { status: 'cancelled' }); }
    await Promise.allSettled([...this.#started].map(async ({ id, accepted, done }) => {
      const atService = await accepted;
      const task = 'serviceTaskId' in atService ? await this.#ledger.get(id) : atService;
      if (task?.status === 'saving') { await done; }
    }));
    this.#runner.dispose();
    await Promise.allSettled([...this.#started].map(({ done }) => done));
  }

  #next(): void {
    while (this.#places > 0 && !this.#ended) {
      const waiting = this.#waiting.shift();
      if (!waiting) { return; }
      void this.#send(waiting);
    }
  }

  async #send(waiting: Waiting): Promise<void> {
    const { task, claim, order, client } = waiting;
    const { callbackUrl } = order.request;
    this.#places--;
    const started = this.#follow(this.#runner.send(task, shared(claim), { client, checked: order.checked, ...callbackUrl !== undefined && { callbackUrl } }));
    const settled = started.done.catch(() => undefined) // the end of this server, or a ledger that cannot be written
      .then(ended => this.#settled(ended, waiting));
    await Promise.race([settled, delay(slowAfter, undefined, { ref: false })]);
    this.#places++;
    this.#next();
    await settled;
    await claim.release();
  }

  async #settled(ended: FinalTask | WaitingTask | undefined, { claim }: Waiting): Promise<void> {
    if (ended?.status === 'waiting') { // the service went away before it was sent; who asked for it hears that
      await this.#close({ task: ended, claim }, { status: 'failed', failure: { kind: 'serviceDown' } });
    } else if (ended) {
      await this.#failAlike(ended);
    }
  }

  /** What waits is not sent into the same wall; this server's session stays the same until it is started anew. */
  async #failAlike(task: FinalTask): Promise<void> {
    if (task.status !== 'failed' || task.failure.kind !== 'sessionExpired' && task.failure.kind !== 'riskControl') { return; }
    const { failure } = task;
    await Promise.all(this.#waiting.splice(0).map(waiting => this.#close(waiting, { status: 'failed', failure })));
  }

  /** Ends a task that was never sent. */
  async #close({ task, claim }: Pick<Waiting, 'task' | 'claim'>, state: TaskState): Promise<void> {
    await this.#runner.reopen(task, shared(claim), state);
    await claim.release();
  }

  #follow(started: Started): Started {
    this.#started.add(started);
    started.done.catch(() => { /* left as it is in the ledger */ }).finally(() => this.#started.delete(started));
    return started;
  }
}

/** A claim that lasts longer than the work that is done under it. */
function shared({ lost }: Claim): Claim {
  return { lost, release: () => Promise.resolve() };
}
