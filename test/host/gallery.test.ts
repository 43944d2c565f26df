import assert from 'node:assert/strict';
import { lstat, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { chunk, PNG_SIGNATURE } from '../../src/core/images/png.ts';
import { JimengError } from '../../src/core/service/failures/failures.ts';
import { WorkerPool } from '../../src/core/system/worker-pool.ts';
import { makeVictim, snapshot } from '../unit/output/traps.ts';
import { deletedText, deleteFiles, KeptMarks } from '../../src/editor/gallery/decisions.ts';
import type { FactsReader } from '../../src/editor/gallery/disk.ts';
import {
  PictureFolder,
  type PictureFolderChange,
  type PictureFile,
} from '../../src/editor/gallery/picture-folder.ts';

/** What a workspace remembers, in memory. */
class Memory implements vscode.Memento {
  readonly #values = new Map<string, unknown>();
  keys = () => [...this.#values.keys()];
  get<T>(key: string, otherwise?: T): T {
    return (this.#values.get(key) ?? otherwise) as T;
  }
  update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, value);
    return Promise.resolve();
  }
}

/** Resolves when the editor tells of what happens in a new folder: on a busy machine it may take a while to look there. */
async function isWatched(folder: string): Promise<void> {
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '*'));
  const told = new Promise<true>(resolve => watcher.onDidCreate(() => resolve(true)));
  for (let sign = 0; ; sign++) {
    await writeFile(join(folder, `sign-${sign}`), '');
    if (await Promise.race([told, delay(200, false)])) break;
  }
  watcher.dispose();
}

suite('the files of a gallery', () => {
  let root: string;
  let pic: vscode.Uri;
  const folders: PictureFolder[] = [];
  const disk: FactsReader = new WorkerPool(
    new URL(
      'dist/facts-worker.js',
      `${vscode.extensions.getExtension('jimeng-vscode.jimeng')!.extensionUri.toString()}/`,
    ),
    1,
  );
  suiteTeardown(() => disk.dispose());
  setup(async () => {
    root = await mkdtemp(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'gallery-')); // which is watched already
    await isWatched(root);
    pic = vscode.Uri.file(join(root, 'pic'));
  });
  teardown(async () => {
    for (const folder of folders.splice(0)) folder.dispose();
    await rm(root, { recursive: true, maxRetries: 5, retryDelay: 100 }); // what was read may be being written down
  });

  async function put(name: string, content: Uint8Array | string = 'no picture'): Promise<void> {
    const path = join(pic.fsPath, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }

  /** The folder with all that it has told, by names below it. */
  function follow() {
    const opened = new PictureFolder(pic, vscode.Uri.file(join(root, 'storage')), disk);
    folders.push(opened);
    const files = new Map<string, PictureFile>();
    const changes: PictureFolderChange[] = [];
    const waiting = new Set<() => void>();
    opened.onDidChange(change => {
      changes.push(change);
      for (const id of change.gone) files.delete(id);
      for (const file of change.changed) files.set(file.id, file);
      for (const check of waiting) check();
    });
    const names = () =>
      [...files.values()].map(({ uri }) => uri.path.slice(pic.path.length + 1)).sort();
    const shows = (...expected: string[]) =>
      new Promise<void>(resolve => {
        const check = () => {
          if (names().join() === expected.sort().join()) {
            waiting.delete(check);
            resolve();
          }
        };
        waiting.add(check);
        check();
      });
    const file = (name: string) => files.get(vscode.Uri.joinPath(pic, name).toString())!;
    return { opened, changes, names, shows, file };
  }

  test('pictures and videos in it and below; no dot-folders, no links, nothing else', async () => {
    await Promise.all(
      [
        'a.png',
        'B.JPEG',
        'sub/c.webp',
        'v.mp4',
        'notes.txt',
        '.hidden/d.png',
        'node_modules/e.png',
        '.jimeng_20260102_030405.saving/1.part',
      ].map(name => put(name)),
    );
    await put(
      'a.png',
      Buffer.concat([
        PNG_SIGNATURE,
        ...chunk('IHDR', Buffer.from('00000003000000020802000000', 'hex')),
        ...chunk('IEND'),
      ]),
    );
    const { opened, names, file } = follow();
    await opened.open();
    assert.deepEqual(names(), ['B.JPEG', 'a.png', 'sub/c.webp', 'v.mp4']);
    assert.deepEqual(file('a.png').facts?.size, { width: 3, height: 2 });
    assert.deepEqual(file('B.JPEG').facts, {});
  });

  test('a folder that is not there yet is empty, and its first picture appears', async () => {
    const { opened, names, shows } = follow();
    await opened.open();
    assert.deepEqual(names(), []);
    await put('first.png');
    await shows('first.png');
    await rm(pic.fsPath, { recursive: true });
    await shows();
  });

  test('files that are added, renamed or removed are noticed', async () => {
    await put('a.png');
    const { opened, shows } = follow();
    await opened.open();
    await put('b.png');
    await shows('a.png', 'b.png');
    await rename(join(pic.fsPath, 'a.png'), join(pic.fsPath, 'c.png'));
    await shows('b.png', 'c.png');
    await put('sub/d.png');
    await shows('b.png', 'c.png', 'sub/d.png');
    await rm(join(pic.fsPath, 'sub'), { recursive: true });
    await shows('b.png', 'c.png');
  });

  test('thousands are sent in batches, each file once, and read only once', async () => {
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => put(`${index}.png`)));
    const first = follow();
    await first.opened.open();
    assert.equal(first.names().length, 1_000);
    const again = follow();
    await again.opened.open();
    for (const { changes } of [first, again]) {
      const told = changes.flatMap(({ changed }) => changed);
      assert.equal(changes[0]?.changed.length, 40, 'the first screen does not wait for the others');
      assert.equal(changes[0].reading, 960);
      assert.equal(told.length, 1_000);
      assert.ok(told.every(({ facts }) => facts));
      assert.ok(changes.length <= 8, `${changes.length} messages`); // the editor's word of new files may come between
      assert.equal(changes.at(-1)?.reading, 0);
    }
  });

  test('marks of kept pictures are remembered', async () => {
    const memory = new Memory();
    await new KeptMarks(memory).set(['a', 'b'], true);
    const marks = new KeptMarks(memory);
    await marks.set(['b'], false);
    assert.deepEqual([marks.has('a'), new KeptMarks(memory).has('b')], [true, false]);
  });

  suite('deleting', () => {
    const names = (uris: readonly vscode.Uri[]) => uris.map(({ path }) => path.split('/').at(-1));
    const real = vscode.window.showWarningMessage;
    const asked: string[] = [];
    /** Answers the question before a permanent delete. */
    const answer = (yes: boolean) => {
      vscode.window.showWarningMessage = (question: string, _: unknown, remove: string) => {
        asked.push(question);
        return Promise.resolve(yes ? remove : undefined);
      };
    };
    setup(async () => {
      asked.length = 0;
      await Promise.all(['a.png', 'sub/b.png', 'c.png'].map(name => put(name)));
    });
    teardown(() => {
      vscode.window.showWarningMessage = real;
    });

    test('deletes exactly these files: into the trash, or permanently after a question', async () => {
      const { opened, file, shows } = follow();
      await opened.open();
      answer(true);
      const deleted = await deleteFiles([file('a.png'), file('sub/b.png')]);
      const { trashed, removed } = deleted;
      assert.deepEqual(names([...trashed, ...removed]), ['a.png', 'b.png']);
      assert.deepEqual(asked, removed.length > 0 ? ['Delete 2 files permanently?'] : []);
      assert.equal(
        deletedText(deleted),
        removed.length > 0
          ? '2 files were deleted permanently.'
          : '2 files were moved to the trash.',
      );
      assert.ok((await lstat(join(pic.fsPath, 'sub'))).isDirectory());
      await opened.refresh([...trashed, ...removed]);
      await shows('c.png');
    });

    test('deletes nothing permanently without consent', async () => {
      const { opened, file, shows } = follow();
      await opened.open();
      answer(false);
      const { trashed, removed } = await deleteFiles([file('c.png')]);
      assert.deepEqual(removed, []);
      assert.equal(trashed.length + asked.length, 1);
      assert.equal(deletedText({ trashed: [], removed: [] }), '');
      if (trashed.length === 0) await shows('a.png', 'c.png', 'sub/b.png');
    });

    test('leaves alone a link or a folder that has replaced a picture', async () => {
      const victim = join(root, 'victim');
      await makeVictim(victim, 'a.png');
      const { opened, file } = follow();
      await opened.open();
      const files = [file('a.png'), file('c.png')];
      for (const name of ['a.png', 'c.png']) await rm(join(pic.fsPath, name));
      await symlink(victim, join(pic.fsPath, 'a.png'));
      await put('c.png/inside.png');
      const before = [await snapshot(victim), await snapshot(pic.fsPath)];
      answer(true);
      assert.deepEqual(await deleteFiles(files), { trashed: [], removed: [] });
      assert.deepEqual([await snapshot(victim), await snapshot(pic.fsPath)], before);
      assert.deepEqual(asked, []);
    });

    test('follows no link that has replaced a folder', async () => {
      const victim = join(root, 'victim');
      await makeVictim(victim, 'b.png');
      await writeFile(join(victim, 'b.png'), 'theirs');
      const { opened, file } = follow();
      await opened.open();
      const files = [file('c.png'), file('sub/b.png')];
      await rm(join(pic.fsPath, 'sub'), { recursive: true });
      await symlink(victim, join(pic.fsPath, 'sub'));
      const before = [await snapshot(victim), await snapshot(pic.fsPath)];
      answer(true);
      await assert.rejects(
        deleteFiles(files),
        (error: unknown) =>
          error instanceof JimengError &&
          error.failure.kind === 'folderNotWritable' &&
          /sub is a link or a file/.test(error.failure.detail ?? ''),
      );
      assert.deepEqual([await snapshot(victim), await snapshot(pic.fsPath)], before);
    });
  });
});
