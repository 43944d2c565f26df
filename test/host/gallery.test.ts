import assert from 'node:assert/strict';
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { chunk, PNG_SIGNATURE } from '../../src/core/images/png.ts';
import { JimengError } from '../../src/core/service/failures/failures.ts';
import { WorkerPool } from '../../src/core/system/worker-pool.ts';
import { makeVictim, snapshot } from '../unit/output/traps.ts';
import { Decisions } from '../../src/editor/gallery/decisions.ts';
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
  const shelves: PictureFolder[] = [];
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
    for (const shelf of shelves.splice(0)) shelf.dispose();
    await rm(root, { recursive: true, maxRetries: 5, retryDelay: 100 }); // what was read may be being written down
  });

  async function put(name: string, content: Uint8Array | string = 'no picture'): Promise<void> {
    const path = join(pic.fsPath, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }

  /** A shelf with all that it has told, by names below the folder. */
  function shelf() {
    const opened = new PictureFolder(pic, vscode.Uri.file(join(root, 'storage')), disk);
    shelves.push(opened);
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
        '.jimeng-aside/sub/f.png',
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
    const { opened, names, file } = shelf();
    await opened.open();
    assert.deepEqual(names(), [
      '.jimeng-aside/sub/f.png',
      'B.JPEG',
      'a.png',
      'sub/c.webp',
      'v.mp4',
    ]);
    assert.deepEqual(file('a.png').facts?.size, { width: 3, height: 2 });
    assert.equal(
      file('.jimeng-aside/sub/f.png').home,
      vscode.Uri.joinPath(pic, 'sub/f.png').toString(),
    );
    assert.deepEqual(file('B.JPEG').facts, {});
  });

  test('a folder that is not there yet is empty, and its first picture appears', async () => {
    const { opened, names, shows } = shelf();
    await opened.open();
    assert.deepEqual(names(), []);
    await put('first.png');
    await shows('first.png');
    await rm(pic.fsPath, { recursive: true });
    await shows();
  });

  test('what comes, goes and moves by itself is told', async () => {
    await put('a.png');
    const { opened, shows } = shelf();
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

  test('thousands are told in parts, each file once, and looked into only once', async () => {
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => put(`${index}.png`)));
    const first = shelf();
    await first.opened.open();
    assert.equal(first.names().length, 1_000);
    const again = shelf();
    await again.opened.open();
    for (const { changes } of [first, again]) {
      const told = changes.flatMap(({ changed }) => changed);
      assert.equal(changes[0]?.changed.length, 40, 'those in sight do not wait for the others');
      assert.equal(changes[0].reading, 960);
      assert.equal(told.length, 1_000);
      assert.ok(told.every(({ facts }) => facts));
      assert.ok(changes.length <= 8, `${changes.length} messages`); // the editor's word of new files may come between
      assert.equal(changes.at(-1)?.reading, 0);
    }
  });

  suite('put aside', () => {
    const decide = async (
      decisions: Decisions,
      { opened }: ReturnType<typeof shelf>,
      ...given: Parameters<Decisions['decide']>
    ) => opened.refresh(await decisions.decide(...given));

    test('goes into a folder that git does not see, and comes back by undo, kept as it was', async () => {
      await Promise.all(['a.png', 'sub/b.png', 'c.png'].map(name => put(name)));
      const seen = shelf();
      const { file, names, opened } = seen;
      await opened.open();
      const memory = new Memory();
      const decisions = new Decisions(memory);
      await decisions.decide('keep', [file('a.png')]);
      assert.ok(new Decisions(memory).isKept(file('a.png').home), 'a mark outlives the window');
      await decide(decisions, seen, 'aside', [file('a.png'), file('sub/b.png')]);
      assert.deepEqual(names(), ['.jimeng-aside/a.png', '.jimeng-aside/sub/b.png', 'c.png']);
      assert.deepEqual(await readdir(join(pic.fsPath, '.jimeng-aside')), [
        '.gitignore',
        'a.png',
        'sub',
      ]);
      assert.equal(decisions.undoable, 2);
      assert.ok(!decisions.isKept(file('.jimeng-aside/a.png').home));
      await decide(decisions, seen, 'aside', [file('c.png')]);
      assert.equal(decisions.undoable, 1);
      await opened.refresh(await decisions.undo());
      await opened.refresh(await decisions.undo());
      assert.deepEqual(names(), ['a.png', 'c.png', 'sub/b.png']);
      assert.ok(decisions.isKept(file('a.png').home));
      assert.equal(decisions.undoable, undefined);
      assert.deepEqual(await decisions.undo(), []);
    });

    test('overwrites nothing on its way there and back', async () => {
      await put('a.png', 'first');
      const seen = shelf();
      await seen.opened.open();
      const decisions = new Decisions(new Memory());
      await decide(decisions, seen, 'aside', [seen.file('a.png')]);
      await put('a.png', 'second');
      await seen.shows('.jimeng-aside/a.png', 'a.png');
      await decide(decisions, seen, 'aside', [seen.file('a.png')]);
      assert.deepEqual(seen.names(), ['.jimeng-aside/a (2).png', '.jimeng-aside/a.png']);
      await put('a.png', 'third');
      await seen.shows('.jimeng-aside/a (2).png', '.jimeng-aside/a.png', 'a.png');
      await decide(decisions, seen, 'restore', [seen.file('.jimeng-aside/a.png')]);
      assert.deepEqual(seen.names(), ['.jimeng-aside/a (2).png', 'a (2).png', 'a.png']);
      await seen.opened.refresh(await decisions.undo()); // of the restore
      assert.deepEqual(seen.names(), ['.jimeng-aside/a (2).png', '.jimeng-aside/a.png', 'a.png']);
    });

    test('what has gone meanwhile does not come back, the others do', async () => {
      await Promise.all(['a.png', 'b.png'].map(name => put(name)));
      const seen = shelf();
      await seen.opened.open();
      const decisions = new Decisions(new Memory());
      await decide(decisions, seen, 'aside', [seen.file('a.png'), seen.file('b.png')]);
      await rm(join(pic.fsPath, '.jimeng-aside', 'a.png'));
      await seen.opened.refresh(await decisions.undo());
      await seen.shows('b.png');
    });

    suite('in a workspace that brings links', () => {
      let victim: string;
      setup(async () => {
        victim = join(root, 'victim');
        await makeVictim(victim, 'a.png');
        await Promise.all(['a.png', 'sub/b.png'].map(name => put(name)));
      });
      const link = async (target: string, name: string) => {
        await mkdir(dirname(join(pic.fsPath, name)), { recursive: true });
        await symlink(target, join(pic.fsPath, name));
      };
      const opened = async () => {
        const seen = shelf();
        await seen.opened.open();
        return { seen, decisions: new Decisions(new Memory()), before: await snapshot(victim) };
      };
      const isRefused = (what: RegExp) => (error: unknown) =>
        error instanceof JimengError &&
        error.failure.kind === 'folderNotWritable' &&
        what.test(error.failure.detail ?? '');

      test('a holding folder that is a link or a file is left as it is, and so are the pictures', async () => {
        for (const make of [
          () => link('../victim', '.jimeng-aside'),
          () => link('../new', '.jimeng-aside'),
          () => link('.jimeng-aside', '.jimeng-aside'),
          () => put('.jimeng-aside', 'a file'),
        ]) {
          await make();
          const { seen, decisions, before } = await opened();
          const holding = await snapshot(join(pic.fsPath, '.jimeng-aside'));
          await assert.rejects(
            decisions.decide('aside', [seen.file('a.png')]),
            isRefused(/\.jimeng-aside is a link or a file/),
          );
          assert.ok((await lstat(join(pic.fsPath, 'a.png'))).isFile());
          assert.deepEqual(
            [await snapshot(victim), await snapshot(join(pic.fsPath, '.jimeng-aside'))],
            [before, holding],
          );
          await assert.rejects(lstat(join(root, 'new')), { code: 'ENOENT' });
          await rm(join(pic.fsPath, '.jimeng-aside'));
        }
      });

      test('nothing is written to what its .gitignore leads to, and no link is overwritten', async () => {
        await link('../../new', '.jimeng-aside/.gitignore');
        await link('../../new', '.jimeng-aside/a.png');
        const { seen, decisions, before } = await opened();
        await decide(decisions, seen, 'aside', [seen.file('a.png')]);
        assert.deepEqual(seen.names(), ['.jimeng-aside/a (2).png', 'sub/b.png']);
        for (const name of ['.gitignore', 'a.png'])
          assert.equal(await readlink(join(pic.fsPath, '.jimeng-aside', name)), '../../new');
        await assert.rejects(lstat(join(root, 'new')), { code: 'ENOENT' });
        assert.deepEqual(await snapshot(victim), before);
      });

      test('folders below it, and those that pictures come back to', async () => {
        await link('../../victim', '.jimeng-aside/sub');
        const { seen, decisions, before } = await opened();
        await assert.rejects(
          decisions.decide('aside', [seen.file('sub/b.png')]),
          isRefused(/sub is a link/),
        );
        await rm(join(pic.fsPath, '.jimeng-aside', 'sub'));
        await decide(decisions, seen, 'aside', [seen.file('sub/b.png')]);
        await rm(join(pic.fsPath, 'sub'), { recursive: true });
        await link('../victim', 'sub');
        await assert.rejects(
          decisions.decide('restore', [seen.file('.jimeng-aside/sub/b.png')]),
          isRefused(/sub is a link/),
        );
        await assert.rejects(decisions.undo(), isRefused(/sub is a link/));
        assert.deepEqual(await snapshot(victim), before);
        assert.ok((await lstat(join(pic.fsPath, '.jimeng-aside/sub/b.png'))).isFile());
      });

      test('pictures that came to lie behind a link are neither moved nor deleted', async () => {
        await put('.jimeng-aside/sub/a.png');
        const { seen, decisions, before } = await opened();
        const [b, aside] = [seen.file('sub/b.png'), seen.file('.jimeng-aside/sub/a.png')];
        for (const name of ['sub', '.jimeng-aside/sub']) {
          await rm(join(pic.fsPath, name), { recursive: true });
          await link(victim, name);
        }
        await writeFile(join(victim, 'b.png'), 'theirs');
        const full = await snapshot(victim);
        await assert.rejects(decisions.decide('aside', [b]), isRefused(/sub is a link/));
        await assert.rejects(decisions.decide('delete', [aside]), isRefused(/sub is a link/));
        assert.deepEqual(await snapshot(victim), full);
        assert.notDeepEqual(full, before);
      });
    });
  });
});
