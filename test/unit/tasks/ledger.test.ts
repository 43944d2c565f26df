import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '../../../src/core/tasks/ledger.ts';
import type { Task } from '../../../src/core/task.ts';
import { head, silentLog } from './samples.ts';

suite('ledger', () => {
  let folder: string;
  let ledger: Ledger;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-ledger-'));
    ledger = new Ledger(folder, silentLog);
  });
  teardown(() => rm(folder, { recursive: true }));

  const open = (id: string, more = {}): Task => ({ ...head(id), status: 'sending', ...more });
  const done = (id: string, more = {}): Task => ({ ...head(id), status: 'completed', files: [], ...more });

  test('a folder that does not exist yet is an empty ledger', async () => {
    const missing = new Ledger(join(folder, 'none'), silentLog);
    assert.deepEqual(await missing.all(), []);
    assert.deepEqual(await missing.unfinished(), []);
    assert.equal(await missing.get('x'), undefined);
  });

  test('keeps every field, newest first', async () => {
    const first = done('a', { createdAt: 1, files: [{ index: 0, path: '/p/即梦 "1".png', width: 2048, height: 1024 }] });
    const second = open('b', { createdAt: 2 });
    await ledger.put(first);
    await ledger.put(second);
    assert.deepEqual(await new Ledger(folder, silentLog).all(), [second, first]);
    assert.deepEqual(await ledger.unfinished(), [second]);
  });

  test('a task that becomes final leaves the unfinished ones', async () => {
    await ledger.put(open('a'));
    await ledger.put(done('a', { updatedAt: 2 }));
    assert.deepEqual(await ledger.unfinished(), []);
    assert.deepEqual(await readdir(join(folder, 'open')), []);
  });

  test('a crash between the two steps of a write leaves the later state', async () => {
    await ledger.put(done('a', { updatedAt: 5 }));
    await mkdir(join(folder, 'open'), { recursive: true });
    await writeFile(join(folder, 'open', 'a.json'), JSON.stringify(open('a', { updatedAt: 4 })));
    assert.equal((await ledger.get('a'))?.status, 'completed');
    assert.deepEqual((await ledger.all()).map(task => task.status), ['completed']);
    assert.deepEqual(await ledger.unfinished(), []);
  });

  for (const [what, text] of [['half a file', '{"id":"b","stat'], ['nothing', ''], ['a status of a later version', JSON.stringify({ ...head('b'), status: 'dreaming' })]] as const) {
    test(`${what} harms no other task and is left alone`, async () => {
      await ledger.put(open('a'));
      await writeFile(join(folder, 'open', 'b.json'), text);
      assert.deepEqual((await ledger.all()).map(task => task.id), ['a']);
      assert.deepEqual((await readdir(join(folder, 'open'))).sort(), ['a.json', 'b.json']);
    });
  }

  test('leftovers of a killed write are no tasks', async () => {
    await ledger.put(open('a'));
    await writeFile(join(folder, 'open', '.a.json.123'), '{');
    assert.deepEqual((await ledger.all()).map(task => task.id), ['a']);
  });

  test('tells listeners of each write, until they go', async () => {
    const heard: string[] = [];
    const stop = ledger.onDidChange(task => heard.push(task.status));
    await ledger.put(open('a'));
    await ledger.put(done('a', { updatedAt: 2 }));
    stop();
    await ledger.put(open('b'));
    assert.deepEqual(heard, ['sending', 'completed']);
  });

  if (process.platform !== 'win32') {
    test('is readable only by its owner', async () => {
      await ledger.put(open('a'));
      const { mode } = await stat(join(folder, 'open', 'a.json'));
      assert.equal(mode & 0o077, 0);
    });
  }

  test('a task is claimed by one at a time', async () => {
    const claim = await ledger.claim('a');
    assert.ok(claim);
    assert.equal(await new Ledger(folder, silentLog).claim('a'), undefined);
    await claim.release();
    const again = await new Ledger(folder, silentLog).claim('a');
    assert.ok(again);
    await again.release();
  });

  test('keeps the newest thousand finished tasks of the last 90 days, and everything unfinished', async () => {
    const day = 24 * 60 * 60;
    const now = Date.now() / 1_000;
    await mkdir(join(folder, 'done'), { recursive: true });
    const write = async (task: Task, age: number) => {
      const path = join(folder, 'done', `${task.id}.json`);
      await writeFile(path, JSON.stringify(task));
      await utimes(path, now - age, now - age);
    };
    await write(done('ancient'), 91 * day);
    for (let index = 0; index < 1_003; index++) { await write(done(`task-${index}`), index); }
    await ledger.put(open('running', { createdAt: 1 }));
    const removed: string[] = [];
    ledger.onDidRemove(id => { removed.push(id); });
    await ledger.prune();
    assert.deepEqual(removed.sort(), ['ancient', 'task-1000', 'task-1001', 'task-1002']);
    assert.equal((await ledger.all()).length, 1_001);
  });
});
