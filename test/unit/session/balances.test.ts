import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Balances } from '../../../src/core/session/balances.ts';

const own = 'fingerprint-of-ours';

suite('balances', () => {
  let folder: string;
  let balances: Balances;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-balances-'));
    balances = new Balances(join(folder, 'deep', 'balances.json'));
  });
  teardown(() => rm(folder, { recursive: true }));

  test('nothing is known before somebody asked', async () =>
    assert.equal(await balances.recall(own), undefined));

  test('the last one of each session is kept, over a restart', async () => {
    await balances.record(own, { credits: 5, at: 1 });
    await balances.record(own, { credits: 4, at: 2 });
    await balances.record('another', { credits: 9, at: 3 });
    const again = new Balances(join(folder, 'deep', 'balances.json'));
    assert.deepEqual(await again.recall(own), { credits: 4, at: 2 });
    assert.deepEqual(await again.recall('another'), { credits: 9, at: 3 });
  });

  test('a damaged file counts as none', async () => {
    await balances.record(own, { credits: 5, at: 1 });
    await writeFile(join(folder, 'deep', 'balances.json'), '{"balances": 7');
    assert.equal(await balances.recall(own), undefined);
    await balances.record(own, { credits: 4, at: 2 });
    assert.match(await readFile(join(folder, 'deep', 'balances.json'), 'utf8'), /"credits":4/);
  });
});
