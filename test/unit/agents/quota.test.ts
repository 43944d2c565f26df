import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeVictim, snapshot } from '../output/traps.ts';
import { DailyQuota } from '../../../src/agents/quota.ts';

suite('the quota of a day', () => {
  let folder: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-ceiling-'));
  });
  teardown(() => rm(folder, { recursive: true }));
  const day = (date: number) => new Date(2026, 0, date, 23, 59);

  test('exactly so many, also of those that ask at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => new DailyQuota(folder).reserve(7, day(2))),
    );
    assert.equal(all.filter(reserved => reserved !== undefined).length, 7);
    assert.equal(await new DailyQuota(folder).reserve(7, day(2)), undefined);
  });

  test('what is given back can be taken again', async () => {
    const reservation = await new DailyQuota(folder).reserve(1, day(2));
    await reservation?.release();
    assert.ok(await new DailyQuota(folder).reserve(1, day(2)));
  });

  test('the next day begins anew; the one before is forgotten when it is over in all time zones', async () => {
    await new DailyQuota(folder).reserve(1, day(2));
    await new DailyQuota(folder).reserve(1, day(3));
    assert.equal(
      await new DailyQuota(folder).reserve(1, day(2)),
      undefined,
      'for a process where it is still yesterday',
    );
    await new DailyQuota(folder).reserve(1, day(7));
    assert.deepEqual(await readdir(folder), ['2026-01-07']);
  });

  test('of the days before only what was counted is forgotten, and no link is followed', async () => {
    const counts = join(folder, 'counts');
    await makeVictim(join(folder, 'victim'), '1');
    await new DailyQuota(counts).reserve(1, day(1));
    await new DailyQuota(counts).reserve(1, day(2));
    await writeFile(join(counts, '2026-01-02', 'notes.txt'), 'mine');
    await writeFile(join(counts, '2026-01-02', '7'), 'mine');
    await mkdir(join(counts, '2026-01-02', '8'));
    await symlink(join(folder, 'victim'), join(counts, '2025-01-01'));
    const before = await snapshot(join(folder, 'victim'));
    await new DailyQuota(counts).reserve(1, day(7));
    assert.deepEqual(await readdir(counts), ['2025-01-01', '2026-01-02', '2026-01-07']);
    assert.deepEqual(await readdir(join(counts, '2026-01-02')), ['7', '8', 'notes.txt']);
    assert.deepEqual(await snapshot(join(folder, 'victim')), before);
  });

  test('none', async () => {
    assert.equal(await new DailyQuota(folder).reserve(0, day(2)), undefined);
  });
});
