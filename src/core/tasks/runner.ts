import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Region } from '../models/catalogue.ts';
import type { Accepted } from '../models/check.ts';
import type { Converter } from '../pictures/converter.ts';
import type { Folder } from '../pictures/folder.ts';
import { savePictures } from '../pictures/save.ts';
import type { GenerationRequest } from '../request.ts';
import type { Generated, JimengClient, ReceivedItem } from '../service/client.ts';
import { JimengError } from '../service/failures.ts';
import { assertNever, isFinal, type FinalTask, type ResultItem, type Task } from '../task.ts';
import type { Claim, Ledger } from './ledger.ts';
import { Run } from './run.ts';
import { watch, type WatchOptions } from './watch.ts';

/** A checked request and where it goes. */
export interface Order {
  request: GenerationRequest;
  checked: Accepted;
  region: Region;
  wait: 'held' | 'task';
  service: { url: string; demo: boolean };
  /** URI of the folder for the pictures. */
  folder: string;
}

export interface Started {
  id: string;
  /** Resolves when the service knows the task by an id, or when it is final. */
  accepted: Promise<Task>;
  done: Promise<FinalTask>;
}

export interface RunnerOptions {
  ledger: Ledger;
  /** A client without a session for the service at this address: looking at a task needs none. */
  connect: (url: string) => JimengClient;
  openFolder: (uri: string) => Folder;
  converter: Converter;
  /** Where results that come inline are put until they are saved; on a local disk. */
  receivedFolder: string;
  pause?: WatchOptions['pause'];
}

/** The service may have begun when one of these came instead of an answer. */
const mayHaveBeenCharged = new Set(['connectionLost', 'gatewayTrouble', 'timedOut', 'unreadable']);

/** The one way through: ledger → service → watch → result → pictures. */
export class TaskRunner {
  readonly #options: RunnerOptions;
  readonly #runs = new Map<string, Run>();

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /**
   * Writes the task to the ledger, then sends it, once. Throws when the ledger cannot be written: nothing was sent then.
   * @param client for the order's service, with the session that pays
   */
  async start(order: Order, client: JimengClient): Promise<Started> {
    const { request, checked, region, wait, service, folder } = order;
    const now = Date.now();
    const task: Task = {
      id: randomUUID(), createdAt: now, updatedAt: now, request, region, wait, service, folder,
      model: checked.outcome.model, size: `${checked.outcome.width}×${checked.outcome.height}`, status: 'sending',
    };
    const claim = await this.#options.ledger.claim(task.id);
    if (!claim) { throw new Error(`The new task ${task.id} is already claimed.`); }
    const run = new Run(this.#options.ledger, claim, task, client);
    await run.move({ status: 'sending' });
    return this.#drive(run, () => this.#send(run, order));
  }

  /**
   * Goes on with what an earlier window or a crash left unfinished, except what another living process works on.
   * A request that had left and has no id is `uncertain`: it may have been charged, so it is not sent again.
   */
  async takeUp(): Promise<Started[]> {
    const started: Started[] = [];
    for (const { id } of await this.#options.ledger.unfinished()) {
      const claim = this.#runs.has(id) ? undefined : await this.#options.ledger.claim(id);
      if (!claim) { continue; }
      const task = await this.#options.ledger.get(id);
      if (!task || isFinal(task)) {
        await claim.release();
        continue;
      }
      started.push(this.#takeUp(claim, task));
    }
    return started;
  }

  /**
   * Cancels what can be cancelled. `tooLate`: the service is already making the pictures, which go on and will be saved.
   * A held request is aborted; the service may go on with it and spend the credits.
   * Throws JimengError when the service cannot be asked.
   */
  async cancel(id: string): Promise<'cancelled' | 'tooLate'> {
    const run = this.#runs.get(id);
    const task = run?.task ?? await this.#options.ledger.get(id);
    switch (task?.status) {
      case 'pending':
      case 'queued':
      case 'processing':
        return this.#cancelAtService(run?.client ?? this.#options.connect(task.service.url), task.serviceTaskId, run);
      case 'sending':
      case 'running':
        if (!run) { return 'tooLate'; }
        run.cancelWanted = true;
        if (task.wait === 'held') { run.stop(); }
        return 'cancelled';
      default:
        return 'tooLate';
    }
  }

  /** Stops moving tasks on, as at the end of a window. They stay in the ledger as they are and are taken up again. */
  dispose(): void {
    for (const run of this.#runs.values()) { run.stop(); }
  }

  #takeUp(claim: Claim, task: Exclude<Task, FinalTask>): Started {
    const run = new Run(this.#options.ledger, claim, task, this.#options.connect(task.service.url));
    return this.#drive(run, async () => {
      switch (task.status) {
        case 'sending':
        case 'running':
          return run.move({ status: 'uncertain' });
        case 'pending':
        case 'queued':
        case 'processing':
          return this.#watch(run, task.serviceTaskId);
        case 'saving':
          return this.#save(run);
        default:
          return assertNever(task);
      }
    });
  }

  #drive(run: Run, work: () => Promise<void>): Started {
    const { id } = run.task;
    this.#runs.set(id, run);
    const done = work().then(() => {
      if (!isFinal(run.task)) { throw new Error(`The task ${id} was left as ${run.task.status}.`); }
      return run.task;
    }).finally(async () => {
      this.#runs.delete(id);
      await run.release();
    });
    return { id, accepted: this.#accepted(run, done), done };
  }

  #accepted(run: Run, done: Promise<FinalTask>): Promise<Task> {
    const { promise, resolve } = Promise.withResolvers<Task>();
    const offer = (task: Task) => {
      if (task.id === run.task.id && 'serviceTaskId' in task) { resolve(task); }
    };
    const stop = this.#options.ledger.onDidChange(offer);
    offer(run.task);
    const accepted = Promise.race([promise, done]).finally(stop);
    accepted.catch(() => { /* `done` tells it too, and a caller may wait for one of them only */ });
    return accepted;
  }

  async #send(run: Run, order: Order): Promise<void> {
    const held = order.wait === 'held';
    let answer: Generated;
    try {
      answer = await run.client.generateImages(order.checked.body, {
        async: !held,
        ...order.request.callbackUrl !== undefined && { callbackUrl: order.request.callbackUrl },
        // An async request is answered in milliseconds and may not be torn down half-way: its task would have no id.
        ...held && { signal: run.signal, onSent: () => { run.move({ status: 'running' }).catch(() => { /* the next move tells it too */ }); } },
      });
    } catch (error) {
      if (error instanceof JimengError) {
        const { failure } = error;
        const uncertain = failure.code === undefined && mayHaveBeenCharged.has(failure.kind);
        return run.move(uncertain ? { status: 'uncertain', failure } : { status: 'failed', failure });
      }
      if (run.cancelWanted) { return run.move({ status: 'cancelled' }); }
      throw error;
    }
    if (answer.type === 'result') { return this.#receive(run, answer.items); }
    await run.move({ status: answer.status, serviceTaskId: answer.serviceTaskId });
    if (run.cancelWanted && await this.#cancelAtService(run.client, answer.serviceTaskId, run) === 'cancelled') { return; }
    return this.#watch(run, answer.serviceTaskId);
  }

  async #watch(run: Run, serviceTaskId: string): Promise<void> {
    const { pause } = this.#options;
    const watched = await watch({
      client: run.client,
      serviceTaskId,
      signal: run.signal,
      onStatus: async status => {
        if (run.task.status !== status) { await run.move({ status, serviceTaskId }); }
      },
      ...pause && { pause },
    }).catch((error: unknown) => {
      if (isFinal(run.task)) { return undefined; } // cancelled meanwhile
      throw error;
    });
    switch (watched?.outcome) {
      case 'result': return this.#receive(run, watched.items, serviceTaskId);
      case 'failed': return run.move({ status: 'failed', serviceTaskId, failure: watched.failure });
      case 'cancelled': return run.move({ status: 'cancelled', serviceTaskId });
      case 'lost': return run.move({ status: 'lost', serviceTaskId });
      case undefined: return;
      default: return assertNever(watched);
    }
  }

  async #cancelAtService(client: JimengClient, serviceTaskId: string, run: Run | undefined): Promise<'cancelled' | 'tooLate'> {
    try {
      await client.cancelTask(serviceTaskId);
    } catch (error) {
      if (error instanceof JimengError && error.failure.kind === 'notCancellable') { return 'tooLate'; }
      throw error;
    }
    if (run) {
      await run.move({ status: 'cancelled', serviceTaskId });
      run.stop();
    }
    return 'cancelled';
  }

  /** The result is paid for: its links (or its bytes, beside the ledger) are recorded before anything else is done with it. */
  async #receive(run: Run, items: ReceivedItem[], serviceTaskId?: string): Promise<void> {
    const { receivedFolder } = this.#options;
    const results = await Promise.all(items.map(async (item, index): Promise<ResultItem> => {
      if ('url' in item) { return item; }
      const file = join(receivedFolder, `${run.task.id}-${index}`);
      await mkdir(receivedFolder, { recursive: true });
      await writeFile(file, item.bytes, { mode: 0o600 });
      return { file };
    }));
    await run.move({ status: 'saving', ...serviceTaskId !== undefined && { serviceTaskId }, results, files: [], missing: [] });
    return this.#save(run);
  }

  async #save(run: Run): Promise<void> {
    const { task } = run;
    if (task.status !== 'saving') { throw new Error(`A task that is ${task.status} has nothing to save.`); }
    const { results, serviceTaskId } = task;
    const known = serviceTaskId === undefined ? {} : { serviceTaskId };
    const { files, missing } = await savePictures({
      taskId: task.id,
      results,
      already: task.files,
      folder: this.#options.openFolder(task.folder),
      stamp: new Date(),
      converter: this.#options.converter,
      signal: run.signal,
      onChange: soFar => run.move({ status: 'saving', ...known, results, ...soFar }),
    });
    if (missing.length > 0) { return run.move({ status: 'partly', ...known, results, files, missing }); }
    await run.move({ status: 'completed', ...known, files });
    await Promise.all(results.flatMap(result => 'file' in result ? rm(result.file, { force: true }) : []));
  }
}
