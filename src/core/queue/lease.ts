import { randomUUID } from 'node:crypto';
import { rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { isAlive, THIS_PROCESS } from '../system/process.ts';
import { ignoreMissing, makeFolder, readOwnFile, replaceFile } from '../system/files.ts';
import { withLock } from '../system/shared-file.ts';

/** The right to do something alone: exactly one window or process has it at a time. */
export interface Lease {
  /** Aborted when another process took it over, as after a long sleep of the machine. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** Who has it; the time of the file's last change is the heartbeat. */
const Holder = z.object({ host: z.string(), pid: z.number(), token: z.string() });

/** How long a holder may be silent before it counts as hung, and how often it says that it lives. */
const STALE_MS = 5_000;
const HEARTBEAT_MS = 1_000;
/** A process that lives may only have been stopped (Ctrl-Z), with a paid request open: it is left alone for so long. */
const STOPPED_MS = 10 * 60_000;

/** Who holds a lease now: nobody, a process that lives, one that is silent (hung, or asleep), or one that has ended. */
export interface LeaseState {
  state: 'free' | 'held' | 'silent' | 'dead';
  /** The last heartbeat, in ms since 1970. */
  heartbeatAt: number;
  /** Whether its process is one of this system that runs. */
  isAlive?: boolean;
}

/** Whether it is to be left to its holder. */
export function isHeld({ state, heartbeatAt, isAlive }: LeaseState): boolean {
  return (
    state === 'held' ||
    (state === 'silent' && isAlive === true && Date.now() - heartbeatAt < STOPPED_MS)
  );
}

/** The file that says who holds a path; one whose holder was killed may stay. */
export function leasePath(path: string): string {
  return `${path}.lease`;
}

/** Undefined while another process holds it. The path need not exist; its folder has to. */
export async function acquireLease(path: string): Promise<Lease | undefined> {
  const before = await readLease(path);
  if (isHeld(before)) return undefined;
  if (before.state === 'silent') {
    // after a sleep of the machine every holder is, until it has written again
    await delay(2.5 * HEARTBEAT_MS);
    if ((await readLease(path)).heartbeatAt !== before.heartbeatAt) return undefined;
  }
  return take(path);
}

/** Takes what nobody holds, or who holds it is dead or silent. */
async function take(path: string): Promise<Lease | undefined> {
  const file = leasePath(path);
  const token = randomUUID();
  const taken = await withLock(file, async () => {
    if ((await readLease(path)).state === 'held') return false;
    await replaceFile(file, JSON.stringify({ ...THIS_PROCESS, token }), { sync: false });
    return true;
  });
  return taken ? new HeldLease(file, token) : undefined;
}

/** A process that was killed is recognized at once, by its pid; one of another system by its silence. */
export async function readLease(path: string): Promise<LeaseState> {
  const file = leasePath(path);
  const [text, state] = await Promise.all([readOwnFile(file), stat(file).catch(ignoreMissing)]);
  const heartbeatAt = state?.mtimeMs ?? 0;
  const holder = text === undefined ? undefined : parse(text);
  if (!holder) return { state: 'free', heartbeatAt }; // after a power cut the file may be empty
  const alive = isAlive(holder);
  if (alive === false) return { state: 'dead', heartbeatAt };
  return {
    state: Date.now() - heartbeatAt > STALE_MS ? 'silent' : 'held',
    heartbeatAt,
    isAlive: alive === true,
  };
}

class HeldLease implements Lease {
  readonly #file: string;
  readonly #token: string;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #heartbeatAt = Date.now();

  constructor(file: string, token: string) {
    this.#file = file;
    this.#token = token;
    this.#timer = setInterval(() => {
      this.#sendHeartbeat().catch((error: unknown) => this.#onMissedHeartbeat(error));
    }, HEARTBEAT_MS).unref();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    if (this.lost.aborted) return;
    await withLock(this.#file, async () => {
      if (await this.#isOurs()) await rm(this.#file, { force: true });
    });
  }

  async #sendHeartbeat(): Promise<void> {
    if (!(await this.#isOurs())) throw new Error('Another process took it over.');
    const now = new Date();
    await utimes(this.#file, now, now);
    this.#heartbeatAt = now.getTime();
  }

  /** A disk that fails for a moment is no loss; another holder is. */
  async #onMissedHeartbeat(error: unknown): Promise<void> {
    const ours = await this.#isOurs().catch(() => Date.now() - this.#heartbeatAt < STALE_MS);
    if (ours) return;
    clearInterval(this.#timer);
    this.#lost.abort(error);
  }

  async #isOurs(): Promise<boolean> {
    const text = await readOwnFile(this.#file);
    return text !== undefined && parse(text)?.token === this.#token;
  }
}

/**
 * Tries for a lease again and again. After a sleep of the machine every holder looks silent, and its requests
 * would be torn down by a hasty successor: so a silent holder is followed only when it is found silent twice.
 */
export class LeaseContender {
  readonly #path: string;
  #silentSince: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async tryAcquire(): Promise<Lease | undefined> {
    const { state, heartbeatAt } = await readLease(this.#path);
    const silentBefore = this.#silentSince === heartbeatAt;
    this.#silentSince = state === 'silent' ? heartbeatAt : undefined;
    if (state === 'held' || (state === 'silent' && !silentBefore)) return undefined;
    return take(this.#path);
  }
}

/** Under which leases a process works on tasks: `queue`: one for all of them; `task`: one for each. */
export class QueueLeases {
  readonly #kind: 'queue' | 'task';
  readonly #folder: string;
  readonly #contender: LeaseContender;
  readonly #acquire: (id: string) => Promise<Lease | undefined>;
  /** For all tasks. */
  #shared: Lease | undefined;
  /** Those of tasks that were added here and have not begun. */
  readonly #reserved = new Map<string, Lease>();

  /**
   * @param folder of the lease for all tasks; made when it is asked for
   * @param acquire takes that of one task
   */
  constructor(
    kind: 'queue' | 'task',
    folder: string,
    acquire: (id: string) => Promise<Lease | undefined>,
  ) {
    this.#kind = kind;
    this.#folder = folder;
    this.#contender = new LeaseContender(join(folder, 'lease'));
    this.#acquire = acquire;
  }

  /** Whether this process works on all tasks. */
  get hasAll(): boolean {
    return this.#shared !== undefined;
  }

  /** Whether another process has taken over what this one had. */
  get isLost(): boolean {
    return this.#shared?.lost.aborted ?? false;
  }

  /** Whether this process works on all tasks from now on. */
  async tryAll(): Promise<boolean> {
    await makeFolder(this.#folder);
    this.#shared = await this.#contender.tryAcquire();
    return this.hasAll;
  }

  /** Lets another process work on all tasks. Leases of single tasks stay: one may be of a task that is just being added. */
  async releaseAll(): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    await shared?.release();
  }

  /** For a task that is about to be written: nobody else may begin it. */
  async reserve(id: string): Promise<void> {
    if (this.#kind === 'queue') return;
    const lease = await this.#acquire(id);
    if (!lease) throw new Error(`The new task ${id} is already held.`);
    this.#reserved.set(id, lease);
  }

  hasReserved(id: string): boolean {
    return this.#reserved.has(id);
  }

  async releaseReserved(id: string): Promise<void> {
    const lease = this.#reserved.get(id);
    this.#reserved.delete(id);
    await lease?.release();
  }

  async dispose(): Promise<void> {
    await this.releaseAll();
    for (const id of [...this.#reserved.keys()]) await this.releaseReserved(id);
  }

  /** The right to move a task on, handed to the caller; undefined while another process has it. */
  async of(id: string): Promise<Lease | undefined> {
    if (this.#kind === 'task') {
      const reserved = this.#reserved.get(id);
      this.#reserved.delete(id);
      return reserved ?? this.#acquire(id);
    }
    const shared = this.#shared;
    // The end of a task does not end the lease for all of them.
    return shared && { lost: shared.lost, release: () => Promise.resolve() };
  }
}

function parse(text: string): z.infer<typeof Holder> | undefined {
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
