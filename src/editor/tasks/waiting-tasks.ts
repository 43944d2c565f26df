import * as vscode from 'vscode';
import type { Task } from '../../core/queue/task.ts';
import type { TaskQueue } from '../../core/queue/queue.ts';
import type { Fingerprints } from '../../core/session/fingerprint.ts';
import type { Ledger } from '../../core/queue/store.ts';
import { waitingReasons, type WaitingReason } from '../../core/queue/waiting-reason.ts';
import type { DemoMode } from '../service/demo-mode.ts';
import type { SessionStore } from '../session/session-store.ts';

/** Pauses end by time, and other windows pause and resume: how often that is checked while tasks wait; in ms. */
const REFRESH_MS = 2_000;

interface Sources {
  ledger: Ledger;
  engine: TaskQueue;
  fingerprints: Fingerprints;
  sessions: SessionStore;
  demo: DemoMode;
}

/** Why each waiting task waits, kept up to date. */
export class WaitingTasks implements vscode.Disposable {
  readonly #sources: Sources;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #log: vscode.LogOutputChannel;
  readonly #stops: (() => void)[];
  #reasons: ReadonlyMap<string, WaitingReason> = new Map();
  #paused = false;
  #looking: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(sources: Sources, log: vscode.LogOutputChannel) {
    const { ledger, engine, sessions } = sources;
    this.#sources = sources;
    this.#log = log;
    const onSessions = sessions.onDidChange(() => this.#lookSoon());
    this.#stops = [
      ledger.onDidChange(task => {
        if (task.state.status === 'waiting' || this.#reasons.has(task.id)) this.#lookSoon();
      }),
      ledger.onDidRemove(id => {
        if (this.#reasons.has(id)) this.#lookSoon();
      }),
      engine.onDidChangeQueue(() => this.#lookSoon()),
      () => {
        onSessions.dispose();
      },
    ];
  }

  /** Whether the person paused the queue. */
  get paused(): boolean {
    return this.#paused;
  }

  /** The reasons of all waiting tasks, by their ids, oldest task first. */
  get reasons(): ReadonlyMap<string, WaitingReason> {
    return this.#reasons;
  }

  /** Looks at it now: what `reasons` has when this resolves is true at this moment. */
  async look(): Promise<void> {
    this.#again = true;
    await (this.#looking ??= this.#lookAll());
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }

  #lookSoon(): void {
    this.look().catch((error: unknown) => this.#log.warn(`waiting tasks: ${String(error)}`));
  }

  async #lookAll(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        await this.#lookOnce();
      }
    } finally {
      this.#looking = undefined;
    }
  }

  async #lookOnce(): Promise<void> {
    const { ledger, engine } = this.#sources;
    const [queue, tasks] = await Promise.all([engine.state(), ledger.unfinished()]);
    const before = JSON.stringify([this.#paused, ...this.#reasons]);
    this.#reasons = waitingReasons(tasks, {
      queue,
      ...(await this.#accounts(tasks)),
      isServiceAway: engine.isServiceAway,
      now: Date.now(),
    });
    this.#paused = queue.paused;
    clearTimeout(this.#timer);
    if (this.#reasons.size > 0) this.#timer = setTimeout(() => this.#lookSoon(), REFRESH_MS);
    if (JSON.stringify([this.#paused, ...this.#reasons]) !== before) this.#changed.fire();
  }

  /** As `accountFor` chooses them: the demo has a session of its own, and every region one at most. */
  async #accounts(tasks: readonly Task[]) {
    const { sessions, demo, fingerprints } = this.#sources;
    if (!tasks.some(({ state: { status } }) => status === 'waiting'))
      return { accountOf: () => undefined, sessionsStale: false };
    const [sessionsStale, ...known] = await Promise.all([
      sessions.isStale(),
      ...(await sessions.all()).map(
        async session => [session.region, await fingerprints.of(session)] as const,
      ),
    ]);
    const byRegion = new Map(sessionsStale ? [] : known);
    const ofDemo = await fingerprints.of(demo.session);
    return {
      accountOf: ({ service, region }: Task) =>
        demo.owns(service) ? ofDemo : byRegion.get(region),
      sessionsStale,
    };
  }
}
