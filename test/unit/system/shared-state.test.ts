import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { SharedFile } from '../../../src/core/system/shared-file.ts';
import { Balances } from '../../../src/core/session/balances.ts';
import { PauseStore } from '../../../src/core/queue/pauses.ts';

suite('small files that windows share', () => {
  let folder: string;
  let path: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-shared-'));
    path = join(folder, 'deep', 'state.json');
  });
  teardown(() => rm(folder, { recursive: true }));

  async function child(what: string, name = '', rounds = 1): Promise<ChildProcess> {
    const forked = fork(
      fileURLToPath(new URL('shared-state-child.ts', import.meta.url)),
      [what, path, name, String(rounds)],
      { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
    );
    await once(forked, 'message');
    return forked;
  }
  /** Lets processes begin at the same moment, and waits until all are through. */
  async function together(...children: ChildProcess[]) {
    const ends = children.map(async each => {
      const [code] = (await once(each, 'exit')) as [number | null];
      assert.equal(code, 0);
    });
    for (const each of children) each.send('go');
    await Promise.all(ends);
  }
  const numbered = (rounds: number, ...names: string[]) =>
    names.flatMap(name => Array.from({ length: rounds }, (_, round) => `${name}-${round}`)).sort();

  test('a pause and the risk control of four windows at once: none is lost', async () => {
    const windows = await Promise.all(
      ['a', 'b', 'c', 'd'].map(name => child('pauseSession', name, 25)),
    );
    await together(...windows, await child('pause'));
    const { paused, sessions } = await new PauseStore(path).state();
    assert.ok(paused);
    assert.deepEqual(Object.keys(sessions).sort(), numbered(25, 'a', 'b', 'c', 'd'));
  });

  test('the balances that four windows note at once: none is lost', async () => {
    await together(
      ...(await Promise.all(['a', 'b', 'c', 'd'].map(name => child('note', name, 25)))),
    );
    const balances = new Balances(path);
    for (const fingerprint of numbered(25, 'a', 'b', 'c', 'd'))
      assert.ok(await balances.recall(fingerprint), fingerprint);
  });

  test('within one window, too', async () => {
    const file = new SharedFile(path, z.number());
    await Promise.all(Array.from({ length: 30 }, () => file.update((count = 0) => count + 1)));
    assert.equal(await file.read(), 30);
    assert.deepEqual(
      await readdir(join(folder, 'deep')),
      ['state.json'],
      'no lock and no temporary file stays behind',
    );
  });

  test('a window that is killed while it holds the lock is followed, by one at a time', async () => {
    const file = new SharedFile(path, z.number());
    await file.update(() => 7);
    const held = await child('hang');
    const locked = once(held, 'message');
    held.send('go');
    await locked;
    const ended = once(held, 'exit');
    held.kill('SIGKILL');
    await ended;
    await together(...(await Promise.all(Array.from({ length: 4 }, () => child('count', '', 10)))));
    assert.equal(await file.read(), 47);
  });

  test('damaged content counts as none, and is replaced', async () => {
    const file = new SharedFile(path, z.number());
    assert.equal(await file.read(), undefined);
    await mkdir(join(folder, 'deep'));
    for (const text of ['', '{', '"seven"', '\0\0\0\0']) {
      await writeFile(path, text);
      assert.equal(await file.read(), undefined, text);
      assert.equal(await file.update((count = 0) => count + 1), 1);
      assert.equal(await readFile(path, 'utf8'), '1');
    }
  });

  if (process.platform !== 'win32') {
    test('a link is not followed, but replaced', async () => {
      await mkdir(join(folder, 'deep'));
      await writeFile(join(folder, 'other'), '5');
      await symlink(join(folder, 'other'), path);
      const file = new SharedFile(path, z.number());
      assert.equal(await file.read(), undefined);
      await file.update((count = 0) => count + 1);
      assert.equal(await file.read(), 1);
      assert.equal(await readFile(join(folder, 'other'), 'utf8'), '5');
    });
  }
});
