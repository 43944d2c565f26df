import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Ledger } from '../../../src/core/queue/store.ts';
import type { Task } from '../../../src/core/queue/task.ts';
import { head, silentLog } from './samples.ts';

suite('ledger', () => {
  let root: string;
  let folder: string;
  let ledger: Ledger;
  let warnings: string[];
  setup(async () => {
    root = await mkdtemp(join(tmpdir(), 'jimeng-ledger-'));
    folder = join(root, 'ledger');
    warnings = [];
    ledger = new Ledger(folder, {
      ...silentLog,
      warn: text => {
        warnings.push(text);
      },
    });
  });
  teardown(() => rm(root, { recursive: true }));

  const open = (id: string, more: Partial<Task> = {}): Task => ({
    ...head(id),
    state: { status: 'sending' },
    ...more,
  });
  const done = (id: string, more: Partial<Task> = {}): Task => ({
    ...head(id),
    state: { status: 'completed', files: [] },
    ...more,
  });

  suite('progress', () => {
    const recorded = open('a', { updatedAt: 1 });
    const further = open('a', { updatedAt: 2, state: { status: 'running' } });
    const anew = () => new Ledger(folder, silentLog);
    const statuses = async () => (await anew().all()).map(({ state: { status } }) => status);

    test('is what others see of an open task', async () => {
      await ledger.put(recorded);
      await ledger.putProgress(further);
      assert.deepEqual(await anew().get('a'), further);
      assert.deepEqual(await anew().all(), [further]);
      assert.deepEqual(await anew().unfinished(), [further]);
    });

    for (const [what, content] of Object.entries({
      'an empty file': '',
      zeros: '\0'.repeat(200),
      'half of one': JSON.stringify(further).slice(0, 50),
    })) {
      test(`that a power cut left as ${what} brings back the record`, async () => {
        await ledger.put(recorded);
        await ledger.putProgress(further);
        await writeFile(join(folder, 'progress', 'a.json'), content);
        assert.deepEqual(await anew().get('a'), recorded);
        assert.deepEqual(await anew().unfinished(), [recorded]);
      });
    }

    test('is gone with the next record, and never passes it', async () => {
      await ledger.put(recorded);
      await ledger.putProgress(further);
      await ledger.put(done('a', { updatedAt: 3 }));
      assert.deepEqual(await readdir(join(folder, 'progress')), []);
      await ledger.putProgress(further); // late, as after a long sleep
      assert.deepEqual(await statuses(), ['completed']);
    });

    test('of a task that is removed is none, and is cleared', async () => {
      await ledger.putProgress(further);
      assert.deepEqual(await statuses(), []);
      assert.equal(await anew().get('a'), undefined);
      await ledger.prune();
      assert.deepEqual(await readdir(join(folder, 'progress')), []);
    });

    test('is told to other processes', async () => {
      await ledger.put(recorded);
      const other = anew();
      await other.follow();
      try {
        const told = new Promise<Task>(resolve => other.onDidChange(resolve));
        await ledger.putProgress(further);
        assert.deepEqual(await told, further);
      } finally {
        other.dispose();
      }
    });
  });

  test('a folder that does not exist yet is an empty ledger', async () => {
    const missing = new Ledger(join(folder, 'none'), silentLog);
    assert.deepEqual(await missing.all(), []);
    assert.deepEqual(await missing.unfinished(), []);
    assert.equal(await missing.get('x'), undefined);
  });

  test('keeps every field, newest first', async () => {
    const first = done('a', {
      createdAt: 1,
      state: {
        status: 'completed',
        files: [{ index: 0, path: '/p/即梦 "1".png', width: 2048, height: 1024 }],
      },
    });
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
    assert.equal((await ledger.get('a'))?.state.status, 'completed');
    assert.deepEqual(
      (await ledger.all()).map(task => task.state.status),
      ['completed'],
    );
    assert.deepEqual(await ledger.unfinished(), []);
  });

  for (const [what, text] of [
    ['half a file', '{"id":"b","stat'],
    ['nothing', ''],
    [
      'a status of a later version',
      JSON.stringify({ ...head('b'), state: { status: 'dreaming' } }),
    ],
    [
      'a time after the end of all calendars',
      JSON.stringify({ ...head('b'), createdAt: 1e20, state: { status: 'sending' } }),
    ],
    [
      'a time before their beginning',
      JSON.stringify({ ...head('b'), createdAt: -1e20, state: { status: 'sending' } }),
    ],
  ] as const) {
    test(`${what} harms no other task and is left alone`, async () => {
      await ledger.put(open('a'));
      await writeFile(join(folder, 'open', 'b.json'), text);
      assert.deepEqual(
        (await ledger.all()).map(task => task.id),
        ['a'],
      );
      assert.deepEqual((await readdir(join(folder, 'open'))).sort(), ['a.json', 'b.json']);
    });
  }

  const strange: [string, (path: string) => Promise<unknown>][] = [
    ['a folder', path => mkdir(join(path, 'deep'), { recursive: true })],
  ];
  if (process.platform !== 'win32') {
    strange.push(
      ['a link to itself', path => symlink(path, path)],
      ['a link to another task', path => symlink('a.json', path)],
      ['a pipe', path => Promise.resolve(spawnSync('mkfifo', [path]))],
    );
  }
  for (const [what, put] of strange) {
    test(`${what} with the name of a task harms no other task, and is warned of once`, async () => {
      await ledger.put(open('a'));
      await put(join(folder, 'open', 'b.json'));
      assert.deepEqual(
        (await ledger.all()).map(task => task.id),
        ['a'],
      );
      assert.deepEqual(
        (await ledger.unfinished()).map(task => task.id),
        ['a'],
      );
      assert.equal(await ledger.get('b'), undefined);
      await ledger.prune();
      assert.deepEqual(warnings, ['ledger: open/b.json does not fit and is left alone']);
    });
  }

  test('files where its folders belong are an empty ledger with a warning, and writing says why it fails', async () => {
    await mkdir(folder);
    for (const place of ['open', 'done']) await writeFile(join(folder, place), '');
    assert.deepEqual(await ledger.all(), []);
    assert.equal(await ledger.get('a'), undefined);
    await ledger.prune();
    for (const place of ['open', 'done'])
      assert.equal(
        warnings.filter(text => text.startsWith(`ledger: ${place} is no folder: `)).length,
        1,
      );
    await assert.rejects(ledger.put(open('a')), { code: 'EEXIST' });
  });

  test('what other processes write is told; a strange entry among it is not', async () => {
    const heard: string[] = [];
    ledger.onDidChange(task => heard.push(task.id));
    await ledger.follow();
    try {
      await mkdir(join(folder, 'open', 'b.json'));
      if (process.platform !== 'win32') await symlink('c.json', join(folder, 'open', 'c.json'));
      await new Ledger(folder, silentLog).put(open('a'));
      while (heard.length === 0) await delay(5);
      assert.deepEqual(heard, ['a']);
    } finally {
      ledger.dispose();
    }
  });

  if (process.platform !== 'win32') {
    test('where the system has no watch left, what others write is found by looking, and that is said once', async () => {
      await ledger.put(open('old'));
      const child = spawn(
        'sh',
        [
          '-c',
          'ulimit -n 64; exec "$0" "$@"',
          process.execPath,
          fileURLToPath(new URL('store-child.ts', import.meta.url)),
          folder,
        ],
        { stdio: ['pipe', 'pipe', 'inherit'] },
      );
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
      const line = async () => String((await lines.next()).value);
      try {
        assert.match(
          await line(),
          /^warn ledger: cannot be watched and is looked at regularly instead: .*EMFILE/,
        );
        assert.equal(await line(), 'follows');
        assert.equal(await line(), 'change old', 'it may have been written at that moment');
        await ledger.put(open('a', { updatedAt: 2 }));
        assert.equal(await line(), 'change a');
        await ledger.put(done('a', { updatedAt: 3 }));
        assert.equal(await line(), 'change a');
        await ledger.remove('a');
        assert.equal(await line(), 'remove a');
        const ended = once(child, 'exit');
        child.stdin.end();
        assert.deepEqual(await ended, [0, null], 'it keeps no process alive');
      } finally {
        child.kill('SIGKILL');
      }
    });
  }

  test('what a crash left of results is removed after a day, unless a task may still want it', async () => {
    const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    await ledger.put(open(id(1)));
    await ledger.put(done(id(2)));
    await ledger.put({
      ...head(id(3)),
      state: { status: 'partial', results: [{ file: 'x' }], files: [], missing: [] },
    });
    await writeFile(join(folder, 'done', `${id(4)}.json`), 'of a later version');
    const received = join(root, 'received');
    await mkdir(join(received, `${id(9)}-7`, 'deep'), { recursive: true });
    const put = async (name: string, hours: number) => {
      await writeFile(join(received, name), '');
      await utimes(
        join(received, name),
        Date.now() / 1_000 - hours * 3_600,
        Date.now() / 1_000 - hours * 3_600,
      );
    };
    for (const name of [
      `${id(1)}-0`,
      `${id(3)}-0`,
      `${id(4)}-0`,
      'notes.txt',
      `${id(9)}-0.png`,
      `${id(2)}-0`,
      `${id(8)}-0`,
      `${id(8)}-12.part`,
    ])
      await put(name, 25);
    await put(`${id(8)}-1`, 23);
    const left = [
      `${id(1)}-0`,
      `${id(3)}-0`,
      `${id(4)}-0`,
      `${id(8)}-1`,
      `${id(9)}-0.png`,
      `${id(9)}-7`,
      'notes.txt',
    ];
    if (process.platform !== 'win32') {
      await symlink('notes.txt', join(received, `${id(7)}-0`));
      left.push(`${id(7)}-0`);
    }
    await ledger.prune(Date.now() + (60 * 60 * 1_000) / 2);
    assert.deepEqual((await readdir(received)).sort(), left.sort());
    assert.deepEqual(await readdir(join(received, `${id(9)}-7`)), ['deep']);
  });

  test('leftovers of a killed write are no tasks', async () => {
    await ledger.put(open('a'));
    await writeFile(join(folder, 'open', '.a.json.123'), '{');
    assert.deepEqual(
      (await ledger.all()).map(task => task.id),
      ['a'],
    );
  });

  test('tells listeners of each write, until they go', async () => {
    const heard: string[] = [];
    const stop = ledger.onDidChange(task => heard.push(task.state.status));
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
    const claim = await ledger.acquire('a');
    assert.ok(claim);
    assert.equal(await new Ledger(folder, silentLog).acquire('a'), undefined);
    await claim.release();
    const again = await new Ledger(folder, silentLog).acquire('a');
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
    for (let index = 0; index < 1_003; index++) await write(done(`task-${index}`), index);
    await ledger.put(open('running', { createdAt: 1 }));
    const removed: string[] = [];
    ledger.onDidRemove(id => {
      removed.push(id);
    });
    await ledger.prune();
    assert.deepEqual(removed.sort(), ['ancient', 'task-1000', 'task-1001', 'task-1002']);
    assert.equal((await ledger.all()).length, 1_001);
  });
});
