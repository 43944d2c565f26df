import * as vscode from 'vscode';
import type { Task } from '../../core/queue/task.ts';
import type { TaskEngine } from '../../core/queue/queue.ts';
import type { Fingerprints } from '../../core/session/fingerprint.ts';
import type { Ledger } from '../../core/queue/store.ts';
import { whyWaiting, type WhyWaiting } from '../../core/queue/waiting-reason.ts';
import type { DemoMode } from '../service/demo-mode.ts';
import type { SessionStore } from '../session/session-store.ts';

/** Pauses end by time, and other windows pause and resume: how often that is looked at while tasks wait; in ms. */
const beat = 2_000;

interface Sources {
  ledger: Ledger;
  engine: TaskEngine;
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
  #reasons: ReadonlyMap<string, WhyWaiting> = new Map();
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
        if (task.status === 'waiting' || this.#reasons.has(task.id)) this.#lookSoon();
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
  get reasons(): ReadonlyMap<string, WhyWaiting> {
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
    const [queue, tasks] = await Promise.all([engine.queue(), ledger.unfinished()]);
    const before = JSON.stringify([this.#paused, ...this.#reasons]);
    this.#reasons = whyWaiting(tasks, {
      queue,
      ...(await this.#payers(tasks)),
      serviceAway: engine.serviceAway,
      now: Date.now(),
    });
    this.#paused = queue.paused;
    clearTimeout(this.#timer);
    if (this.#reasons.size > 0) this.#timer = setTimeout(() => this.#lookSoon(), beat);
    if (JSON.stringify([this.#paused, ...this.#reasons]) !== before) this.#changed.fire();
  }

  /** As `wayTo` chooses them: the demo has a session of its own, and every region one at most. */
  async #payers(tasks: readonly Task[]) {
    const { sessions, demo, fingerprints } = this.#sources;
    if (!tasks.some(({ status }) => status === 'waiting'))
      return { payerOf: () => undefined, sessionsStale: false };
    const [sessionsStale, ...known] = await Promise.all([
      sessions.isStale(),
      ...(await sessions.all()).map(
        async session => [session.region, await fingerprints.of(session)] as const,
      ),
    ]);
    const byRegion = new Map(sessionsStale ? [] : known);
    const ofDemo = await fingerprints.of(demo.session);
    return {
      payerOf: ({ service, region }: Task) => (demo.owns(service) ? ofDemo : byRegion.get(region)),
      sessionsStale,
    };
  }
}
