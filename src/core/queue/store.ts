import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  ignoreMissing,
  makeFolder,
  replaceFile,
  retryBusy,
  isNotAFile,
  readOwnFile,
} from '../system/files.ts';
import type { Log } from '../service/client.ts';
import { isFinal } from './transitions.ts';
import { Task, type OpenTask } from './task.ts';
import { acquireLease, leasePath, readLease, isHeld, type Lease } from './lease.ts';
import { pruneReceived } from '../output/received.ts';
import { watchFolder } from '../system/watch-folder.ts';

/** Finished tasks that are kept, and for how long. */
const kept = { tasks: 1_000, age: 90 * 24 * 60 * 60 * 1_000 };

/** `progress`: how far an open task is beyond its last record. */
const PLACES = ['open', 'progress', 'done'] as const;
type Place = (typeof PLACES)[number];

/**
 * Every task there is, each in a file of its own: `open/ID.json` while it runs, `done/ID.json` afterwards. What need not
 * survive a power cut goes to `progress/ID.json`, without waiting for the disk and without touching the record.
 *
 * Not one file that is appended to, and not an embedded store: a file is replaced whole, so a crash at any byte leaves the old state or the new one and never harms another
 * task; several windows and terminals write at once without a common lock; nothing has to be compacted; and a start
 * with nothing unfinished reads one empty folder. This class is the only writer.
 */
export class Ledger {
  /** Beside it: results that came inline, and videos on their way, until they are saved. */
  readonly receivedFolder: string;
  readonly #folder: string;
  readonly #log: Log;
  readonly #listeners = new Set<(task: Task) => void>();
  readonly #removalListeners = new Set<(id: string) => void>();
  /** The last write of each task that was told, so that a task is told once for each. */
  readonly #told = new Map<string, number>();
  /** Ends each watch over a folder. */
  readonly #watches: (() => void)[] = [];
  readonly #warnings = new Set<string>();

  /** @param folder on a local disk; made when the first task is written. */
  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.receivedFolder = join(dirname(folder), 'received');
    this.#log = log;
  }

  /** Called with each task that is written: by this process, and by others once `follow` was called. Returns what ends it. */
  onDidChange(listener: (task: Task) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Called with the id of each task that is removed. Returns what ends it. */
  onDidRemove(listener: (id: string) => void): () => void {
    this.#removalListeners.add(listener);
    return () => {
      this.#removalListeners.delete(listener);
    };
  }

  /** Tells what other processes write from now on, until `dispose`. */
  async follow(): Promise<void> {
    for (const place of PLACES) {
      await makeFolder(join(this.#folder, place));
      this.#watches.push(
        watchFolder(
          join(this.#folder, place),
          name => {
            const id = idOf(name);
            if (id !== undefined)
              this.#reread(id).catch((error: unknown) =>
                this.#log.warn(`ledger: ${id}: ${String(error)}`),
              );
          },
          error => this.#warnOnce('cannot be watched and is looked at regularly instead', error),
        ),
      );
    }
  }

  dispose(): void {
    for (const stop of this.#watches.splice(0)) stop();
  }

  /** Is on the disk when it resolves. Throws the system's error when it cannot be written: then nothing may be sent. */
  async put(task: Task): Promise<void> {
    const place = isFinal(task) ? 'done' : 'open';
    await this.#write(place, task, true);
    for (const other of PLACES)
      if (other !== place) await retryBusy(() => rm(this.#path(other, task.id), { force: true }));
    this.#tell(task);
  }

  /**
   * For a step from which a later process would go on in the same way as from the recorded one: it survives a kill of this
   * process, and a power cut brings back the record. Throws the system's error when it cannot be written.
   */
  async putProgress(task: Task): Promise<void> {
    await this.#write('progress', task, false);
    this.#tell(task);
  }

  /** Tells a state that could not be written: whoever looks sees how it stands, as long as this process lives. */
  show(task: Task): void {
    this.#tell(task);
  }

  /** Forgets a task; its pictures stay where they are. */
  async remove(id: string): Promise<void> {
    const paths = [
      ...PLACES.map(place => this.#path(place, id)),
      leasePath(this.#path('open', id)),
    ];
    await Promise.all(paths.map(path => retryBusy(() => rm(path, { force: true }))));
    this.#tellRemoved(id);
  }

  /**
   * Forgets the oldest finished tasks: those beyond 1,000, and those older than 90 days. Removes what a crash left of
   * results that no task needs. What cannot be removed is logged and left; throws nothing.
   */
  async prune(now = Date.now()): Promise<void> {
    try {
      const ids = await this.#ids('done');
      const dated = await Promise.all(
        ids.map(async id => ({
          id,
          time: (await stat(this.#path('done', id)).catch(ignoreMissing))?.mtimeMs ?? now,
        })),
      );
      const old = dated
        .sort((a, b) => b.time - a.time)
        .filter(({ time }, index) => index >= kept.tasks || now - time > kept.age);
      for (const { id } of old)
        await this.remove(id).catch((error: unknown) =>
          this.#warnOnce(`${id} cannot be removed`, error),
        );

      const open = new Set(await this.#ids('open'));
      for (const id of await this.#ids('progress'))
        if (!open.has(id)) await rm(this.#path('progress', id), { force: true });
      const known = new Set([...open, ...(await this.#ids('done'))]);
      await pruneReceived(
        this.receivedFolder,
        async id => known.has(id) && !hasAllItWants(await this.get(id)),
        this.#log,
        now,
      );
    } catch (error) {
      this.#log.warn(`ledger: ${String(error)}`);
    }
  }

  /** Undefined where there is none that can be read. Throws the system's error. */
  async get(id: string): Promise<Task | undefined> {
    const [open, progress, done] = await Promise.all(PLACES.map(place => this.#read(place, id)));
    return newer(open && newer(open, progress), done);
  }

  /** All tasks, newest first. */
  async all(): Promise<Task[]> {
    const [open = [], progress = [], done = []] = await Promise.all(
      PLACES.map(place => this.#readAll(place)),
    );
    const tasks = new Map(open.map(task => [task.id, task]));
    // What a killed process left of a task that is removed by now is no task.
    for (const task of [...progress.filter(({ id }) => tasks.has(id)), ...done])
      tasks.set(task.id, newer(tasks.get(task.id), task) ?? task);
    return [...tasks.values()].sort((a, b) => b.createdAt - a.createdAt);
  }

  /** Tasks that are not final. */
  async unfinished(): Promise<OpenTask[]> {
    const known = await this.#readAll('open');
    const tasks = await Promise.all(known.map(task => this.#orSkip(this.get(task.id), task.id)));
    return tasks.filter((task): task is OpenTask => task !== undefined && !isFinal(task));
  }

  /** The right to move one task on; undefined while another process has it. */
  async acquire(id: string): Promise<Lease | undefined> {
    await makeFolder(join(this.#folder, 'open'));
    return acquireLease(this.#path('open', id));
  }

  /** Whether a process works on this task: one that lives, as far as can be told. */
  async isHeld(id: string): Promise<boolean> {
    return isHeld(await readLease(this.#path('open', id)));
  }

  /** The ids of the unfinished ones, and at times of one that is finished by now; cheaper than reading them. */
  unfinishedIds(): Promise<string[]> {
    return this.#ids('open');
  }

  async #write(place: Place, task: Task, sync: boolean): Promise<void> {
    await makeFolder(join(this.#folder, place));
    await replaceFile(this.#path(place, task.id), JSON.stringify(task), { sync });
  }

  #path(place: Place, id: string): string {
    return join(this.#folder, place, `${id}.json`);
  }

  async #ids(place: Place): Promise<string[]> {
    try {
      return (await readdir(join(this.#folder, place))).flatMap(name => idOf(name) ?? []);
    } catch (error) {
      if (isNotAFile(error)) this.#warnOnce(`${place} is no folder`, error);
      else ignoreMissing(error);
      return [];
    }
  }

  async #readAll(place: Place): Promise<Task[]> {
    const tasks = await Promise.all(
      (await this.#ids(place)).map(id => this.#orSkip(this.#read(place, id), id)),
    );
    return tasks.filter(task => task !== undefined);
  }

  /** Among many, one that cannot be read hides no other one. */
  async #orSkip(read: Promise<Task | undefined>, id: string): Promise<Task | undefined> {
    try {
      return await read;
    } catch (error) {
      this.#warnOnce(`${id} cannot be read`, error);
      return undefined;
    }
  }

  #warnOnce(what: string, error?: unknown): void {
    if (this.#warnings.has(what)) return;
    this.#warnings.add(what);
    this.#log.warn(`ledger: ${what}${error instanceof Error ? `: ${error.message}` : ''}`);
  }

  /** Another process may have written or removed this task. */
  async #reread(id: string): Promise<void> {
    const task = await this.get(id);
    if (task) this.#tell(task);
    else if (this.#told.has(id)) this.#tellRemoved(id);
  }

  #tell(task: Task): void {
    if ((this.#told.get(task.id) ?? 0) >= task.updatedAt) return;
    this.#told.set(task.id, task.updatedAt);
    for (const listener of this.#listeners) listener(task);
  }

  #tellRemoved(id: string): void {
    this.#told.delete(id);
    for (const listener of this.#removalListeners) listener(id);
  }

  /** A file that does not fit (a newer version's, or damaged by hand) is left alone and not shown. */
  async #read(place: Place, id: string): Promise<Task | undefined> {
    const text = await readOwnFile(this.#path(place, id));
    if (text === undefined) return undefined;
    try {
      return Task.parse(JSON.parse(text));
    } catch {
      this.#warnOnce(`${place}/${id}.json does not fit and is left alone`);
      return undefined;
    }
  }
}

/** Temporary files and locks have other names. */
function idOf(name: string): string | undefined {
  return /^([^.].*)\.json$/.exec(name)?.[1];
}

/** Nothing of what was received is to be saved any more. One that cannot be read may still want it. */
function hasAllItWants(task: Task | undefined): boolean {
  return (
    task !== undefined && ['completed', 'failed', 'cancelled', 'lost'].includes(task.state.status)
  );
}

/** A crash between the two steps of `put` leaves a task in both places: the later write counts. */
function newer(a: Task | undefined, b: Task | undefined): Task | undefined {
  return a && b ? (a.updatedAt > b.updatedAt ? a : b) : (a ?? b);
}
