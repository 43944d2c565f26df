import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { errorCode, ignoreMissing, replaceFile, retryBusy } from '../files.ts';
import type { Log } from '../service/client.ts';
import { isFinal, Task, type OpenTask } from '../task.ts';

/** The right to move one task on. Exactly one window or process has it at a time. */
export interface Claim {
  /** Aborted when another process took the task over, as after a long sleep of the machine. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Every task there is, each in a file of its own: `open/ID.json` while it runs, `done/ID.json` afterwards.
 *
 * A file is replaced whole, so a crash at any byte leaves the old state or the new one and never harms another
 * task; several windows and terminals write at once without a common lock; nothing has to be compacted; and a start
 * with nothing unfinished reads one empty folder. This class is the only writer.
 */
export class Ledger {
  readonly #folder: string;
  readonly #log: Log;
  readonly #listeners = new Set<(task: Task) => void>();

  /** @param folder on a local disk; made when the first task is written. */
  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Called with each task that this process writes. Returns what ends it. */
  onDidChange(listener: (task: Task) => void): () => void {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }

  /** Is on the disk when it resolves. Throws the system's error when it cannot be written: then nothing may be sent. */
  async put(task: Task): Promise<void> {
    const [place, otherPlace] = isFinal(task) ? ['done', 'open'] : ['open', 'done'];
    await mkdir(join(this.#folder, place), { recursive: true });
    await replaceFile(this.#path(place, task.id), JSON.stringify(task));
    await retryBusy(() => rm(this.#path(otherPlace, task.id), { force: true }));
    for (const listener of this.#listeners) { listener(task); }
  }

  async get(id: string): Promise<Task | undefined> {
    const [open, done] = await Promise.all([this.#read('open', id), this.#read('done', id)]);
    return newer(open, done);
  }

  /** All tasks, newest first. */
  async all(): Promise<Task[]> {
    const tasks = new Map<string, Task>();
    for (const task of (await Promise.all([this.#readAll('open'), this.#readAll('done')])).flat()) {
      tasks.set(task.id, newer(tasks.get(task.id), task) ?? task);
    }
    return [...tasks.values()].sort((a, b) => b.createdAt - a.createdAt);
  }

  /** Tasks that are not final. */
  async unfinished(): Promise<OpenTask[]> {
    const known = await this.#readAll('open');
    const tasks = await Promise.all(known.map(task => this.get(task.id)));
    return tasks.filter((task): task is OpenTask => task !== undefined && !isFinal(task));
  }

  /** Undefined while another process holds the task. A holder that died is noticed after 10 s. */
  async claim(id: string): Promise<Claim | undefined> {
    await mkdir(join(this.#folder, 'open'), { recursive: true });
    const lost = new AbortController();
    try {
      const release = await lock(this.#path('open', id), {
        realpath: false, // the lock comes before the file
        stale: 10_000,
        update: 2_000,
        onCompromised: error => lost.abort(error),
      });
      return { lost: lost.signal, release: () => lost.signal.aborted ? Promise.resolve() : release() };
    } catch (error) {
      if (errorCode(error) === 'ELOCKED') { return undefined; }
      throw error;
    }
  }

  #path(place: string, id: string): string {
    return join(this.#folder, place, `${id}.json`);
  }

  async #readAll(place: string): Promise<Task[]> {
    const names = await readdir(join(this.#folder, place)).catch(ignoreMissing) ?? [];
    const ids = names.filter(name => /^[^.].*\.json$/.test(name)).map(name => name.slice(0, -'.json'.length));
    const tasks = await Promise.all(ids.map(id => this.#read(place, id)));
    return tasks.filter(task => task !== undefined);
  }

  /** A file that does not fit (a newer version's, or damaged by hand) is left alone and not shown. */
  async #read(place: string, id: string): Promise<Task | undefined> {
    const text = await readFile(this.#path(place, id), 'utf8').catch(ignoreMissing);
    if (text === undefined) { return undefined; }
    try {
      return Task.parse(JSON.parse(text));
    } catch {
      this.#log.warn(`ledger: ${place}/${id}.json does not fit and is left alone`);
      return undefined;
    }
  }
}

/** A crash between the two steps of `put` leaves a task in both places: the later write counts. */
function newer(a: Task | undefined, b: Task | undefined): Task | undefined {
  return a && b ? (a.updatedAt > b.updatedAt ? a : b) : a ?? b;
}
