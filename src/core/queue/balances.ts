import * as z from 'zod/mini';
import { isFinal } from './transitions.ts';
import { SharedFile } from '../system/shared-file.ts';
import type { Task } from './task.ts';

const Balance = z.object({
  credits: z.number(),
  /** When the site was asked, in ms since 1970. */
  at: z.number(),
});
export type Balance = z.infer<typeof Balance>;

const State = z.object({
  /** The last one of each session, by its fingerprint. */
  balances: z.record(z.string(), Balance),
  /** By how much a balance fell over one generation of a kind, the last time that this could be told. */
  costs: z.record(z.string(), z.number()),
});
const nothing: z.infer<typeof State> = { balances: {}, costs: {} };

export interface KnownCredits {
  balance: Balance;
  /** By how much the balance fell over such a generation the last time; undefined where that could not be told. */
  costOf: (generation: Generation) => number | undefined;
}

/** Credits as they were when they were last asked for: nothing asks for them by itself. */
export class Balances {
  readonly #file: SharedFile<typeof State>;

  constructor(path: string) {
    this.#file = new SharedFile(path, State);
  }

  /** What is known of a session; undefined where its credits were never asked for. */
  async recall(fingerprint: string): Promise<KnownCredits | undefined> {
    const { balances, costs } = (await this.#file.read()) ?? nothing;
    const balance = balances[fingerprint];
    return balance && { balance, costOf: generation => costs[keyOf(generation)] };
  }

  /**
   * Remembers a balance. With the tasks that there are, what a generation costs is derived, where the last two balances
   * tell it; without them, as after credits were given, it is not.
   */
  async note(fingerprint: string, balance: Balance, tasks: readonly Task[] = []): Promise<void> {
    await this.#file.update(({ balances, costs } = nothing) => {
      const before = balances[fingerprint];
      const paid =
        before &&
        onlyTaskBetween(
          before.at,
          balance.at,
          tasks.filter(task => task.fingerprint === fingerprint),
        );
      const cost = paid ? before.credits - balance.credits : -1;
      return {
        balances: { ...balances, [fingerprint]: balance },
        costs: paid && cost >= 0 ? { ...costs, [keyOf(paid)]: cost } : costs,
      };
    });
  }
}

/** What costs the same. */
export type Generation = Pick<Task, 'request' | 'model' | 'size'>;

function keyOf({ request: { kind, images }, model, size }: Generation): string {
  return [kind, images ? 'images' : 'text', model, size].join(' ');
}

/** The one task that was sent and made between two times, if no other one was at the service meanwhile. */
function onlyTaskBetween(start: number, end: number, tasks: readonly Task[]): Task | undefined {
  const endOf = (task: Task) => (isFinal(task) ? task.updatedAt : Infinity);
  const meanwhile = tasks.filter(
    task => task.sentAt !== undefined && task.sentAt <= end && endOf(task) >= start,
  );
  const [only] = meanwhile;
  const whole = only?.sentAt !== undefined && only.sentAt > start && endOf(only) < end;
  return meanwhile.length === 1 &&
    whole &&
    (only.state.status === 'completed' || only.state.status === 'partial')
    ? only
    : undefined;
}
