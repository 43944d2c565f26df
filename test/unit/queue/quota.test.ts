import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeVictim, snapshot } from '../output/traps.ts';
import { reserve } from '../../../src/core/queue/quota.ts';

suite('the ceiling of a day', () => {
  let folder: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-ceiling-'));
  });
  teardown(() => rm(folder, { recursive: true }));
  const day = (date: number) => new Date(2026, 0, date, 23, 59);

  test('exactly so many, also of those that ask at once', async () => {
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, () => reserve(folder, 7, day(2))),
    );
    assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 7);
    await assert.rejects(reserve(folder, 7, day(2)), { name: 'Refusal', kind: 'dailyLimit' });
  });

  test('what is given back can be taken again', async () => {
    const giveBack = await reserve(folder, 1, day(2));
    await giveBack();
    await reserve(folder, 1, day(2));
  });

  test('the next day begins anew; the one before is forgotten when it is over in all time zones', async () => {
    await reserve(folder, 1, day(2));
    await reserve(folder, 1, day(3));
    await assert.rejects(
      reserve(folder, 1, day(2)),
      { kind: 'dailyLimit' },
      'for a process where it is still yesterday',
    );
    await reserve(folder, 1, day(7));
    assert.deepEqual(await readdir(folder), ['2026-01-07']);
  });

  test('of the days before only what was counted is forgotten, and no link is followed', async () => {
    const counts = join(folder, 'counts');
    await makeVictim(join(folder, 'victim'), '1');
    await reserve(counts, 1, day(1));
    await reserve(counts, 1, day(2));
    await writeFile(join(counts, '2026-01-02', 'notes.txt'), 'mine');
    await writeFile(join(counts, '2026-01-02', '7'), 'mine');
    await mkdir(join(counts, '2026-01-02', '8'));
    await symlink(join(folder, 'victim'), join(counts, '2025-01-01'));
    const before = await snapshot(join(folder, 'victim'));
    await reserve(counts, 1, day(7));
    assert.deepEqual(await readdir(counts), ['2025-01-01', '2026-01-02', '2026-01-07']);
    assert.deepEqual(await readdir(join(counts, '2026-01-02')), ['7', '8', 'notes.txt']);
    assert.deepEqual(await snapshot(join(folder, 'victim')), before);
  });

  test('none', () => assert.rejects(reserve(folder, 0, day(2)), { kind: 'dailyLimit' }));
});
