import * as z from 'zod/mini';
import { SharedFile } from '../system/shared-file.ts';

const Balance = z.object({
  credits: z.number(),
  /** When the site was asked, in ms since 1970. */
  at: z.number(),
});
export type Balance = z.infer<typeof Balance>;

/** The last balance of each session, by its fingerprint. */
const State = z.record(z.string(), Balance);

/** Credits as of the last time a person asked: the extension never asks on its own. */
export class Balances {
  readonly #file: SharedFile<typeof State>;

  constructor(path: string) {
    this.#file = new SharedFile(path, State);
  }

  /** Undefined if the session's credits were never asked for. */
  async recall(fingerprint: string): Promise<Balance | undefined> {
    return (await this.#file.read())?.[fingerprint];
  }

  async record(fingerprint: string, balance: Balance): Promise<void> {
    await this.#file.update((balances = {}) => ({ ...balances, [fingerprint]: balance }));
  }
}
