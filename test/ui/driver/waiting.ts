import { setTimeout as delay } from 'node:timers/promises';

/** Only a test that fails waits so long; a busy machine needs a part of it. */
export const PATIENCE_MS = 60_000;
/** For one of several attempts. */
export const ATTEMPT_MS = PATIENCE_MS / 8;

/** Does it again where it fails, as long as patience lasts; the action itself must not use it up. */
export async function insist(
  action: () => Promise<void>,
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; ;) {
    try {
      await action();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await before();
    }
  }
}

/** Asks again until the answer is the one that is wanted, and returns it. Throws with the last answer when patience ends. */
export async function until<T>(
  ask: () => T | Promise<T>,
  isWanted: (answer: T) => boolean,
): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; ;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (Date.now() > end) throw new Error(`Still ${JSON.stringify(answer)}.`);
    await delay(50);
  }
}
