import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeOne } from '../../../src/agents/ceiling.ts';

suite('the ceiling of a day', () => {
  let folder: string;
  setup(async () => { folder = await mkdtemp(join(tmpdir(), 'jimeng-ceiling-')); });
  teardown(() => rm(folder, { recursive: true }));
  const day = (date: number) => new Date(2026, 0, date, 23, 59);

  test('exactly so many, also of those that ask at once', async () => {
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => takeOne(folder, 7, day(2))));
    assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 7);
    await assert.rejects(takeOne(folder, 7, day(2)), { name: 'Refusal', kind: 'dailyLimit' });
  });

  test('what is given back can be taken again', async () => {
    const giveBack = await takeOne(folder, 1, day(2));
    await giveBack();
    await takeOne(folder, 1, day(2));
  });

  test('the next day begins anew; the one before is forgotten when it is over in all time zones', async () => {
    await takeOne(folder, 1, day(2));
    await takeOne(folder, 1, day(3));
    await assert.rejects(takeOne(folder, 1, day(2)), { kind: 'dailyLimit' }, 'for a process where it is still yesterday');
    await takeOne(folder, 1, day(7));
    assert.deepEqual(await readdir(folder), ['2026-01-07']);
  });

  test('none', () => assert.rejects(takeOne(folder, 0, day(2)), { kind: 'dailyLimit' }));
});
