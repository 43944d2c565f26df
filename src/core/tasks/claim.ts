import { stat } from 'node:fs/promises';
import { lock } from 'proper-lockfile';
import { errorCode, ignoreMissing } from '../files.ts';

/** The right to do something alone: exactly one window or process has it at a time. */
export interface Claim {
  /** Aborted when another process took it over, as after a long sleep of the machine. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * How long a holder may be silent before it counts as dead, and how often it says that it lives; in ms. With a look
 * every 2 s, a dead holder is followed within 10 s.
 */
const times = { stale: 5_000, update: 1_000 };

/** Undefined while another process holds it. The path need not exist. */
export async function claim(path: string): Promise<Claim | undefined> {
  const lost = new AbortController();
  try {
    const release = await lock(path, { realpath: false, ...times, onCompromised: error => lost.abort(error) });
    return { lost: lost.signal, release: () => lost.signal.aborted ? Promise.resolve() : release() };
  } catch (error) {
    if (errorCode(error) === 'ELOCKED') { return undefined; }
    throw error;
  }
}

/**
 * A claim that is tried for again and again. After a sleep of the machine every holder looks dead, and its requests
 * would be torn down by a hasty successor: so a silent holder is followed only when it is found silent twice.
 */
export class Contender {
  readonly #path: string;
  #silentSince: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async tryClaim(): Promise<Claim | undefined> {
    const heartbeat = (await stat(`${this.#path}.lock`).catch(ignoreMissing))?.mtimeMs;
    if (heartbeat !== undefined) {
      const silentBefore = this.#silentSince === heartbeat;
      const silent = Date.now() - heartbeat > times.stale;
      this.#silentSince = silent ? heartbeat : undefined;
      if (!silent || !silentBefore) { return undefined; }
    }
    this.#silentSince = undefined;
    return claim(this.#path);
  }
}
