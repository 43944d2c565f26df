import * as z from 'zod/mini';
import { Failure, rowOf } from '../service/failures/table.ts';
import { SharedFile } from '../system/shared-file.ts';

const SessionPause = z.object({
  /** In ms since 1970; without one it lasts until the session ID is another one, or the person resumes. */
  until: z.optional(z.number()),
  /** How often in a row: each pause is twice as long as the one before. */
  times: z.number(),
  /** What was answered. */
  failure: Failure,
});
const State = z.object({
  paused: z.boolean(),
  /** By the fingerprint of the session. */
  sessions: z.record(z.string(), SessionPause),
});
export type QueueState = z.infer<typeof State>;

const running: QueueState = { paused: false, sessions: {} };
/** service-contract, 1019: pause, never retry by itself. In ms. */
const [FIRST_PAUSE_MS, MAX_PAUSE_MS] = [60_000, 60 * 60_000];

/** Why the queue stands still: the person paused it, or a session cannot be used now. Survives the window. */
export class PauseStore {
  readonly #file: SharedFile<typeof State>;

  constructor(path: string) {
    this.#file = new SharedFile(path, State);
  }

  /** Where the file is damaged nothing stands still. */
  async state(): Promise<QueueState> {
    return (await this.#file.read()) ?? running;
  }

  async pause(): Promise<void> {
    await this.#update(state => ({ ...state, paused: true }));
  }

  /** Lets everything go on, sessions that were paused too. */
  async resume(): Promise<void> {
    await this.#update(() => running);
  }

  /** @param failure one that pauses the session */
  async pauseSession(fingerprint: string, failure: Failure, now = Date.now()): Promise<void> {
    await this.#update(state => {
      const before = state.sessions[fingerprint];
      // Tasks that fail together are one reason.
      if (before && (before.until ?? Infinity) > now) return state;
      const times = (before?.times ?? 0) + 1;
      const until =
        rowOf(failure).pausesSession?.lasts === 'forAWhile'
          ? { until: now + Math.min(FIRST_PAUSE_MS * 2 ** (times - 1), MAX_PAUSE_MS) }
          : {};
      return {
        ...state,
        sessions: { ...state.sessions, [fingerprint]: { times, failure, ...until } },
      };
    });
  }

  /** A session that works again begins anew. */
  async clearSession(fingerprint: string): Promise<void> {
    await this.#update(state => {
      if (!(fingerprint in state.sessions)) return state;
      const { [fingerprint]: cleared, ...sessions } = state.sessions;
      return { ...state, sessions };
    });
  }

  #update(change: (state: QueueState) => QueueState): Promise<QueueState> {
    return this.#file.update((state = running) => change(state));
  }
}

/** Whether tasks of this session stand still. */
export function isPaused(
  { paused, sessions }: QueueState,
  fingerprint: string,
  now = Date.now(),
): boolean {
  const session = sessions[fingerprint];
  return paused || (session !== undefined && (session.until === undefined || session.until > now));
}
