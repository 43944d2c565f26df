import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claim, Contender } from '../../../src/core/tasks/claim.ts';

suite('the lease', () => {
  let folder: string;
  let path: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-lease-'));
    path = join(folder, 'lease');
  });
  teardown(() => rm(folder, { recursive: true }));

  /** As if the holder had last said so many ms ago that it lives. */
  const heardOf = async (ago: number) => {
    const time = new Date(Date.now() - ago);
    await utimes(`${path}.lock`, time, time);
  };

  test('one has it at a time, and gives it on', async () => {
    const first = await new Contender(path).tryClaim();
    assert.ok(first);
    assert.equal(await new Contender(path).tryClaim(), undefined);
    assert.equal(await claim(path), undefined);
    await first.release();
    const second = await new Contender(path).tryClaim();
    assert.ok(second);
    await second.release();
  });

  test('a holder that is found silent twice is followed; one that speaks in between, as after a sleep, is not', async () => {
    const contender = new Contender(path);
    await mkdir(`${path}.lock`);
    await heardOf(60_000);
    assert.equal(await contender.tryClaim(), undefined, 'silent once');
    await heardOf(0);
    assert.equal(await contender.tryClaim(), undefined, 'it lives');
    await heardOf(60_000);
    assert.equal(await contender.tryClaim(), undefined, 'silent once more');
    const followed = await contender.tryClaim();
    assert.ok(followed, 'silent twice in a row');
    await followed.release();
  });
});
