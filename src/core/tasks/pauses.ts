import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { ignoreMissing, replaceFile } from '../files.ts';

const SessionPause = z.object({
  why: z.enum(['sessionExpired', 'riskControl']),
  /** In ms since 1970; without one it lasts until the session ID is another one, or the person resumes. */
  until: z.optional(z.number()),
  /** How often in a row: each pause is twice as long as the one before. */
  times: z.number(),
});
const State = z.object({
  paused: z.boolean(),
  /** By the fingerprint of the session. */
  sessions: z.record(z.string(), SessionPause),
});
export type QueueState = z.infer<typeof State>;

const running: QueueState = { paused: false, sessions: {} };
/** service-contract, 1019: pause, never retry by itself. In ms. */
const [firstPause, longestPause] = [60_000, 60 * 60_000];

/** Why the queue stands still: the person paused it, or a session cannot be used now. Survives the window. */
export class Pauses {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async state(): Promise<QueueState> {
    const text = await readFile(this.#path, 'utf8').catch(ignoreMissing);
    try {
      return text === undefined ? running : State.parse(JSON.parse(text));
    } catch {
      return running; // damaged by hand: nothing stands still
    }
  }

  async pause(): Promise<void> {
    await this.#write({ ...await this.state(), paused: true });
  }

  /** Lets everything go on, sessions that were paused too. */
  resume(): Promise<void> {
    return this.#write(running);
  }

  async pauseSession(fingerprint: string, why: 'sessionExpired' | 'riskControl', now = Date.now()): Promise<void> {
    const state = await this.state();
    const before = state.sessions[fingerprint];
    // Tasks that fail together are one reason.
    if (before && (before.why === 'sessionExpired' || (before.until ?? 0) > now)) { return; }
    const times = (before?.times ?? 0) + 1;
    const until = why === 'riskControl' ? { until: now + Math.min(firstPause * 2 ** (times - 1), longestPause) } : {};
    await this.#write({ ...state, sessions: { ...state.sessions, [fingerprint]: { why, times, ...until } } });
  }

  /** A session that works again begins anew. */
  async clearSession(fingerprint: string): Promise<void> {
    const state = await this.state();
    if (!(fingerprint in state.sessions)) { return; }
    const { [fingerprint]: cleared, ...sessions } = state.sessions;
    await this.#write({ ...state, sessions });
  }

  #write(state: QueueState): Promise<void> {
    return replaceFile(this.#path, JSON.stringify(state));
  }
}

/** Whether tasks of this session stand still. */
export function standsStill({ paused, sessions }: QueueState, fingerprint: string, now = Date.now()): boolean {
  const session = sessions[fingerprint];
  return paused || session !== undefined && (session.until === undefined || session.until > now);
}
