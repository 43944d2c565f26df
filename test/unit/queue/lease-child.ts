import { acquireLease } from '../../../src/core/queue/lease.ts';

// A process of its own, to be killed while it holds a claim.
const [path = ''] = process.argv.slice(2);
process.send?.((await acquireLease(path)) !== undefined);
process.on('message', () => {
  /* an open channel keeps it alive */
});
