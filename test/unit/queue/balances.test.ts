import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Task } from '../../../src/core/queue/task.ts';
import { Balances } from '../../../src/core/queue/balances.ts';

const own = 'fingerprint-of-ours';
let nextId = 0;
/** A task of ours that was at the service from one time to another. */
const task = (sentAt: number, updatedAt: number, more: Partial<Task> = {}): Task => ({
  id: `t${nextId++}`,
  createdAt: sentAt,
  updatedAt,
  sentAt,
  request: { kind: 'image', prompt: 'a cat' },
  model: 'jimeng-4.0',
  size: '2048×2048',
  mode: 'async',
  service: { url: 'http://127.0.0.1:5100', demo: false },
  region: 'cn',
  folder: 'file:///pic',
  fingerprint: own,
  state: { status: 'completed', files: [] },
  ...more,
});
const kind = {
  request: { kind: 'image' as const, prompt: 'another' },
  model: 'jimeng-4.0',
  size: '2048×2048',
};

suite('balances', () => {
  let folder: string;
  let balances: Balances;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-balances-'));
    balances = new Balances(join(folder, 'deep', 'balances.json'));
  });
  teardown(() => rm(folder, { recursive: true }));

  /** Two readings, at 100 and at 200. */
  async function cost(
    tasks: readonly Task[],
    [before, after] = [100, 96],
  ): Promise<number | undefined> {
    await balances.note(own, { credits: before, at: 100 }, tasks);
    await balances.note(own, { credits: after, at: 200 }, tasks);
    return (await balances.recall(own))?.costOf(kind);
  }

  test('nothing is known before somebody asked', async () =>
    assert.equal(await balances.recall(own), undefined));

  test('the last one of each session is kept, over a restart', async () => {
    await balances.note(own, { credits: 5, at: 1 });
    await balances.note(own, { credits: 4, at: 2 });
    await balances.note('another', { credits: 9, at: 3 });
    const again = new Balances(join(folder, 'deep', 'balances.json'));
    assert.deepEqual((await again.recall(own))?.balance, { credits: 4, at: 2 });
    assert.deepEqual((await again.recall('another'))?.balance, { credits: 9, at: 3 });
  });

  test('two that enclose one generation tell what it cost', async () =>
    assert.equal(await cost([task(120, 150)]), 4));
  for (const [what, tasks] of [
    ['no generation', []],
    ['two', [task(120, 150), task(130, 160)]],
    ['one that began before the first', [task(90, 150)]],
    ['one that ended after the second', [task(120, 250)]],
    ['one that still runs', [task(120, 150, { state: { status: 'running' } })]],
    [
      'one that failed',
      [task(120, 150, { state: { status: 'failed', failure: { kind: 'internal' } } })],
    ],
    [
      'one, while another one that may have been charged was there',
      [task(120, 150), task(80, 130, { state: { status: 'uncertain' } })],
    ],
    ['one of another session', [task(120, 150, { fingerprint: 'another' })]],
  ] as const)
    test(`two that enclose ${what} tell nothing`, async () =>
      assert.equal(await cost(tasks), undefined));

  test('a balance that rose tells nothing', async () =>
    assert.equal(await cost([task(120, 150)], [0, 66]), undefined));
  test('other sizes, and pictures from pictures, cost something else', async () => {
    await cost([task(120, 150)]);
    const known = await balances.recall(own);
    assert.equal(known?.costOf({ ...kind, size: '4096×4096' }), undefined);
    assert.equal(
      known?.costOf({ ...kind, request: { ...kind.request, images: [{ uri: 'file:///a.png' }] } }),
      undefined,
    );
  });
  test('credits that were given begin anew', async () => {
    await balances.note(own, { credits: 3, at: 100 });
    await balances.note(own, { credits: 66, at: 140 });
    await balances.note(own, { credits: 62, at: 200 }, [task(120, 150)]);
    assert.equal((await balances.recall(own))?.costOf(kind), undefined);
  });
  test('a damaged file counts as none', async () => {
    await balances.note(own, { credits: 5, at: 1 });
    await writeFile(join(folder, 'deep', 'balances.json'), '{"balances": 7');
    assert.equal(await balances.recall(own), undefined);
    await balances.note(own, { credits: 4, at: 2 });
    assert.match(await readFile(join(folder, 'deep', 'balances.json'), 'utf8'), /"credits":4/);
  });
});
