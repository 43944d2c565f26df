import { closeSync, openSync } from 'node:fs';
import { Ledger } from '../../../src/core/queue/store.ts';
import { silentLog } from './samples.ts';

// A window for which the system has no watch left: all its files are open when it begins to follow.
const [folder = ''] = process.argv.slice(2);
const say = (text: string) => {
  process.stdout.write(`${text}\n`);
};
process.stdin.resume();
const ledger = new Ledger(folder, { ...silentLog, warn: text => say(`warn ${text}`) });
ledger.onDidChange(({ id }) => say(`change ${id}`));
ledger.onDidRemove(id => say(`remove ${id}`));
const taken: number[] = [];
try {
  for (;;) taken.push(openSync('/dev/null', 'r'));
} catch {
  await ledger.follow();
}
for (const file of taken) closeSync(file);
say('follows');
