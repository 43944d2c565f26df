import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Task } from '../../src/core/queue/task.ts';
import { Ledger } from '../../src/core/queue/store.ts';
import { moveKept } from '../../src/editor/tasks/kept-pictures.ts';
import { makeVictim, snapshot } from '../unit/output/traps.ts';
import { MemoryFiles } from './memory-files.ts';

const silent = {
  info() {
    /* not looked at */
  },
  debug() {
    /* not looked at */
  },
  warn() {
    /* not looked at */
  },
};
const head = {
  id: 'task',
  createdAt: 1,
  updatedAt: 1,
  request: { kind: 'image', prompt: 'p' },
  model: 'm',
  size: '1×1',
  mode: 'async',
  region: 'cn',
  service: { url: 'http://127.0.0.1:5100', demo: true },
  folder: 'file:///nowhere',
} as const;

suite('pictures whose folder no window could write', () => {
  test('those of a task that lacks others are taken there too; what is elsewhere is left alone', async () => {
    const files = new MemoryFiles();
    const registration = vscode.workspace.registerFileSystemProvider('jimeng-kept', files);
    const local = await mkdtemp(join(tmpdir(), 'jimeng-kept-'));
    try {
      const [kept, elsewhere] = [join(local, 'kept', 'task'), join(local, 'project', 'pic')];
      await Promise.all([kept, elsewhere].map(path => mkdir(path, { recursive: true })));
      const paths = [join(elsewhere, 'a_1.png'), join(kept, 'a_2.png')];
      await Promise.all(
        [...paths, join(kept, 'a_3.webp'), join(elsewhere, 'notes.txt')].map(path =>
          writeFile(path, path),
        ),
      );
      const folder = vscode.Uri.parse('jimeng-kept:/project/pic');
      const ledger = new Ledger(join(local, 'ledger'), silent);
      const task: Task = {
        ...head,
        keptFor: folder.toString(),
        state: {
          status: 'partial',
          files: paths.map((path, index) => ({ index, path, width: 1, height: 1 })),
          results: [1, 2, 3].map(n => ({ url: `http://127.0.0.1/${n}` })),
          missing: [
            { index: 2, failure: { kind: 'pictureDamaged' }, keptAs: join(kept, 'a_3.webp') },
          ],
        },
      };
      await ledger.put(task);
      await moveKept(task, folder, ledger);
      assert.deepEqual(Object.keys(files.contents('/project/pic')), ['a_2.png']);
      const known = await ledger.get('task');
      assert.ok(known?.state.status === 'partial');
      assert.equal(known.keptFor, undefined);
      assert.deepEqual(
        known.state.files.map(({ path }) => path),
        [paths[0], 'jimeng-kept:/project/pic/a_2.png'],
      );
      assert.equal(known.state.missing.length, 1);
      assert.deepEqual(
        [await readdir(kept), (await readdir(elsewhere)).sort()],
        [['a_3.webp'], ['a_1.png', 'notes.txt']],
      );
    } finally {
      registration.dispose();
      await rm(local, { recursive: true });
    }
  });

  test('are taken there under free names, and the ledger knows it', async () => {
    const files = new MemoryFiles();
    const registration = vscode.workspace.registerFileSystemProvider('jimeng-kept', files);
    const local = await mkdtemp(join(tmpdir(), 'jimeng-kept-'));
    try {
      const kept = join(local, 'kept', 'task');
      await mkdir(kept, { recursive: true });
      const folder = vscode.Uri.parse('jimeng-kept:/project/pic');
      await vscode.workspace.fs.createDirectory(folder);
      await vscode.workspace.fs.writeFile(
        vscode.Uri.joinPath(folder, 'jimeng_20260102_030405_1.png'),
        new TextEncoder().encode('theirs'),
      );
      const saved = await Promise.all(
        [1, 2].map(async index => {
          const path = join(kept, `jimeng_20260102_030405_${index}.png`);
          await writeFile(path, `picture ${index}`);
          return { index: index - 1, path, width: 1, height: 1 };
        }),
      );
      const ledger = new Ledger(join(local, 'ledger'), silent);
      const task: Task = {
        ...head,
        keptFor: folder.toString(),
        state: { status: 'completed', files: saved },
      };
      await ledger.put(task);
      await moveKept(task, folder, ledger);
      assert.deepEqual(files.contents('/project/pic'), {
        'jimeng_20260102_030405_1.png': 'theirs',
        'jimeng_20260102_030405_1 (2).png': 'picture 1',
        'jimeng_20260102_030405_2.png': 'picture 2',
      });
      const known = await ledger.get('task');
      assert.ok(known?.state.status === 'completed');
      assert.equal(known.keptFor, undefined);
      assert.ok(
        known.state.files.every(({ path }) => path.startsWith('jimeng-kept:/project/pic/')),
      );
      assert.deepEqual(await readdir(join(local, 'kept')), []);
    } finally {
      registration.dispose();
      await rm(local, { recursive: true });
    }
  });

  test('into a folder of this disk nothing is written through a link, and only their own files are removed', async () => {
    const local = await mkdtemp(join(tmpdir(), 'jimeng-kept-'));
    try {
      const [kept, chosen, victim] = [
        join(local, 'kept', 'task'),
        join(local, 'chosen'),
        join(local, 'victim'),
      ];
      await makeVictim(victim, 'owner');
      await Promise.all([kept, chosen].map(path => mkdir(path, { recursive: true })));
      const name = (n: number) => `jimeng_20260102_030405_${n}.png`;
      for (const n of [1, 2, 3]) await writeFile(join(kept, name(n)), `picture ${n}`);
      await Promise.all([
        symlink('../victim/new', join(chosen, name(1))),
        symlink('../victim/thesis.txt', join(chosen, name(2))),
      ]);
      await symlink(victim, join(kept, 'jimeng_20260102_030405_4.png'));
      await writeFile(join(kept, 'notes.txt'), 'mine');
      const before = await snapshot(victim);
      const ledger = new Ledger(join(local, 'ledger'), silent);
      const task: Task = {
        ...head,
        keptFor: 'nowhere:/project/pic',
        state: {
          status: 'completed',
          files: [1, 2].map(n => ({
            index: n - 1,
            path: join(kept, name(n)),
            width: 1,
            height: 1,
          })),
        },
      };
      await ledger.put(task);
      await moveKept(task, vscode.Uri.file(chosen), ledger);
      const known = await ledger.get('task');
      assert.ok(known?.state.status === 'completed');
      assert.deepEqual(
        known.state.files.map(({ path }) => path),
        [1, 2].map(n => join(chosen, `jimeng_20260102_030405_${n} (2).png`)),
      );
      assert.equal(await readFile(known.state.files[0]!.path, 'utf8'), 'picture 1');
      assert.deepEqual((await readdir(kept)).sort(), [name(4), 'notes.txt']);
      assert.deepEqual(await snapshot(victim), before);
    } finally {
      await rm(local, { recursive: true });
    }
  });
});
