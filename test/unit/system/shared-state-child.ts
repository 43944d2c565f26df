import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { SharedFile } from '../../../src/core/system/shared-file.ts';
import { Balances } from '../../../src/core/session/balances.ts';
import { PauseStore } from '../../../src/core/queue/pauses.ts';

// A window of its own that changes what windows share, as soon as it is told to.
const [what, path = '', name = '', rounds = ''] = process.argv.slice(2);
const changes: Record<string, (round: number) => Promise<unknown>> = {
  pause: () => new PauseStore(path).pause(),
  pauseSession: round =>
    new PauseStore(path).pauseSession(`${name}-${round}`, { kind: 'riskControl' }),
  note: round => new Balances(path).record(`${name}-${round}`, { credits: 1, at: 1 }),
  count: () => new SharedFile(path, z.number()).update((count = 0) => count + 1),
  hang: () =>
    new SharedFile(path, z.number()).update(() => {
      process.send?.('locked');
      for (;;) {
        /* until it is killed */
      }
    }),
};
process.once('message', () => {
  void (async () => {
    for (let round = 0; round < Number(rounds); round++) {
      await changes[what ?? '']?.(round);
      await delay(Math.random() * 5);
    }
    process.disconnect();
  })();
});
process.send?.('ready');
