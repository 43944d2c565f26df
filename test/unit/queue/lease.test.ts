import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { THIS_PROCESS } from '../../../src/core/system/process.ts';
import { acquireLease, LeaseContender, readLease } from '../../../src/core/queue/lease.ts';

suite('claims', () => {
  let folder: string;
  let path: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-claim-'));
    path = join(folder, 'lease');
  });
  teardown(() => rm(folder, { recursive: true }));

  /** As if a process that lives had last said so many ms ago that it works. */
  const heardOf = async (agoMs: number, holder = THIS_PROCESS) => {
    await writeFile(`${path}.lease`, JSON.stringify({ ...holder, token: 'another' }));
    const time = new Date(Date.now() - agoMs);
    await utimes(`${path}.lease`, time, time);
  };
  /** Another process that claims the path, once it has. */
  const other = async () => {
    const child = fork(fileURLToPath(new URL('lease-child.ts', import.meta.url)), [path], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [got] = (await once(child, 'message')) as [boolean];
    return {
      child,
      got,
      kill: async () => {
        child.kill('SIGKILL');
        await once(child, 'exit');
      },
    };
  };

  test('one has it at a time, and gives it on', async () => {
    const first = await new LeaseContender(path).tryAcquire();
    assert.ok(first);
    assert.equal(await new LeaseContender(path).tryAcquire(), undefined);
    assert.equal(await acquireLease(path), undefined);
    await first.release();
    const second = await new LeaseContender(path).tryAcquire();
    assert.ok(second);
    await second.release();
    assert.equal((await readLease(path)).state, 'free');
  });

  test('a process that lives keeps it; one that was killed is followed at once', async () => {
    const holder = await other();
    assert.equal(holder.got, true);
    assert.equal(await acquireLease(path), undefined);
    assert.equal(await new LeaseContender(path).tryAcquire(), undefined);
    await holder.kill();
    assert.equal((await readLease(path)).state, 'dead');
    const own = await new LeaseContender(path).tryAcquire();
    assert.ok(own);
    await own.release();
  });

  test('of many that follow a dead one, one gets it', async () => {
    await (await other()).kill();
    const got = await Promise.all(Array.from({ length: 20 }, () => acquireLease(path)));
    assert.equal(got.filter(own => own !== undefined).length, 1);
    for (const own of got) await own?.release();
  });

  test('of many processes that ask at once, one gets it', async () => {
    const children = await Promise.all(Array.from({ length: 8 }, other));
    assert.equal(children.filter(({ got }) => got).length, 1);
    await Promise.all(children.map(({ kill }) => kill()));
  });

  test('a holder that is found silent twice is followed; one that speaks in between, as after a sleep, is not', async () => {
    const contender = new LeaseContender(path);
    await heardOf(60_000);
    assert.equal(await contender.tryAcquire(), undefined, 'silent once');
    await heardOf(0);
    assert.equal(await contender.tryAcquire(), undefined, 'it lives');
    await heardOf(60_000);
    assert.equal(await contender.tryAcquire(), undefined, 'silent once more');
    const followed = await contender.tryAcquire();
    assert.ok(followed, 'silent twice in a row');
    await followed.release();
  });

  test('a process that is stopped, as by Ctrl-Z, keeps it for minutes: it may have a paid request open', async () => {
    await heardOf(60_000);
    assert.equal(await acquireLease(path), undefined);
    await heardOf(11 * 60_000);
    const own = await acquireLease(path);
    assert.ok(own);
    await own.release();
  });

  test('of another system only the heartbeat tells', async () => {
    await heardOf(0, { host: 'elsewhere', pid: THIS_PROCESS.pid });
    assert.equal((await readLease(path)).state, 'held');
    await heardOf(60_000, { host: 'elsewhere', pid: THIS_PROCESS.pid });
    assert.equal((await readLease(path)).state, 'silent');
  });

  test('one that another process took over is lost, and is not taken from that one', async () => {
    const own = await acquireLease(path);
    assert.ok(own);
    await heardOf(0);
    await once(own.lost, 'abort');
    await own.release();
    assert.equal((await readLease(path)).state, 'held');
  });

  test("a file that is empty after a power cut is nobody's", async () => {
    await writeFile(`${path}.lease`, '');
    const own = await acquireLease(path);
    assert.ok(own);
    await own.release();
  });
});
