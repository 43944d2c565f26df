import * as vscode from 'vscode';
import type { Task } from '../../core/queue/task.ts';
import type { TaskQueue } from '../../core/queue/queue.ts';
import type { Fingerprints } from '../../core/session/fingerprint.ts';
import type { Ledger } from '../../core/queue/store.ts';
import { waitingReasons, type WaitingReason } from '../../core/queue/waiting-reason.ts';
import type { DemoMode } from '../service/demo-mode.ts';
import type { SessionStore } from '../session/session-store.ts';

/** Pauses expire, and other windows pause and resume: how often that is checked while tasks wait. */
const REFRESH_MS = 2_000;

interface Sources {
  ledger: Ledger;
  queue: TaskQueue;
  fingerprints: Fingerprints;
  sessions: SessionStore;
  demo: DemoMode;
}

/** Why each waiting task is waiting, kept up to date. */
export class WaitingTasks implements vscode.Disposable {
  readonly #sources: Sources;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #log: vscode.LogOutputChannel;
  readonly #stops: (() => void)[];
  #reasons: ReadonlyMap<string, WaitingReason> = new Map();
  #paused = false;
  #refreshing: Promise<void> | undefined;
  #isStale = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(sources: Sources, log: vscode.LogOutputChannel) {
    const { ledger, queue, sessions } = sources;
    this.#sources = sources;
    this.#log = log;
    const onSessions = sessions.onDidChange(() => this.#refreshSoon());
    this.#stops = [
      ledger.onDidChange(task => {
        if (task.state.status === 'waiting' || this.#reasons.has(task.id)) this.#refreshSoon();
      }),
      ledger.onDidRemove(id => {
        if (this.#reasons.has(id)) this.#refreshSoon();
      }),
      queue.onDidChangeQueue(() => this.#refreshSoon()),
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

  /** Checks now: the `reasons` are current when this resolves. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    await (this.#refreshing ??= this.#refreshAll());
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }

  #refreshSoon(): void {
    this.refresh().catch((error: unknown) => this.#log.warn(`waiting tasks: ${String(error)}`));
  }

  async #refreshAll(): Promise<void> {
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#refreshOnce();
      }
    } finally {
      this.#refreshing = undefined;
    }
  }

  async #refreshOnce(): Promise<void> {
    const { ledger, queue } = this.#sources;
    const [state, tasks] = await Promise.all([queue.state(), ledger.unfinished()]);
    const before = JSON.stringify([this.#paused, ...this.#reasons]);
    this.#reasons = waitingReasons(tasks, {
      queue: state,
      ...(await this.#accounts(tasks)),
      isServiceAway: queue.isServiceAway,
      now: Date.now(),
    });
    this.#paused = state.paused;
    clearTimeout(this.#timer);
    if (this.#reasons.size > 0) this.#timer = setTimeout(() => this.#refreshSoon(), REFRESH_MS);
    if (JSON.stringify([this.#paused, ...this.#reasons]) !== before) this.#changed.fire();
  }

  /** As `accountFor` chooses them: the demo has its own session, and every region at most one. */
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
