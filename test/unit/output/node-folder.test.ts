import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { THIS_PROCESS } from '../../../src/core/system/process.ts';
import { stemOf } from '../../../src/core/output/folder.ts';
import { NodeFolder } from '../../../src/core/output/node-folder.ts';
import type { MakeLink } from '../../../src/core/output/write-whole.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

const stamp = new Date(2026, 0, 31, 23, 59, 58);
const stem = 'jimeng_20260131_235958';
const nextStem = 'jimeng_20260131_235959';
const bytes = Buffer.from('a picture');
const withoutLinks: MakeLink = () =>
  Promise.reject(Object.assign(new Error('no links here'), { code: 'ENOTSUP' }));

/** The pid of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version']);
  await once(child, 'exit');
  return child.pid!;
}

test('names tell the local time', () => assert.equal(stemOf(stamp), stem));

for (const [disk, makeLink] of [
  ['a disk with hard links', link],
  ['a disk without', withoutLinks],
] as const) {
  suite(`folder on ${disk}`, () => {
    let folder: TemporaryFolder;
    const open = () => new NodeFolder(folder.uri, makeLink);
    setup(async () => {
      folder = await temporaryFolder();
    });
    teardown(() => folder.remove());

    /** What a saving leaves that another process began and was killed in. */
    async function killedSaving(
      taskId: string,
      options: { pid: number; host?: string; hoursAgo?: number; state?: string },
    ) {
      const { pid, host = THIS_PROCESS.host, hoursAgo = 0, state = 'owner' } = options;
      const working = join(folder.path, `.${stem}.saving`);
      await mkdir(working, { recursive: true });
      await writeFile(join(working, `2.${pid}.part`), 'half a pict');
      const owner = join(
        working,
        [state, taskId, host, String(pid)].map(encodeURIComponent).join('&'),
      );
      await writeFile(owner, '');
      const then = Date.now() / 1_000 - hoursAgo * 3_600;
      await utimes(owner, then, then);
    }

    test('pictures are named by their index in the result, whatever their order; nothing else stays', async () => {
      const saving = await open().begin('task', stamp);
      const paths = await Promise.all(
        [3, 0, 2, 1].map(index =>
          saving.write(index, index === 2 ? 'webp' : 'png', Buffer.from(`${index}`)),
        ),
      );
      assert.deepEqual(
        paths,
        [4, 1, 3, 2].map(n => join(folder.path, `${stem}_${n}.${n === 3 ? 'webp' : 'png'}`)),
      );
      await saving.end();
      assert.deepEqual(await folder.names(), [
        `${stem}_1.png`,
        `${stem}_2.png`,
        `${stem}_3.webp`,
        `${stem}_4.png`,
      ]);
      assert.equal(await readFile(paths[0]!, 'utf8'), '3');
    });

    test('each saving of the same second has names of its own, in order', async () => {
      const savings = await Promise.all(['a', 'b', 'c'].map(task => open().begin(task, stamp)));
      const paths = await Promise.all(savings.map(saving => saving.write(0, 'png', bytes)));
      assert.equal(new Set(paths).size, 3);
      for (const path of paths) assert.match(path, /_1\.png$/);
      await Promise.all(savings.map(saving => saving.end()));
      const later = await open().begin('d', stamp);
      assert.ok(!paths.includes(await later.write(0, 'png', bytes)));
    });

    test('a file of the same name is never touched, one that comes in between either', async () => {
      await mkdir(folder.path);
      await writeFile(join(folder.path, `${stem}_4.png`), 'of somebody else');
      const saving = await open().begin('task', stamp);
      await writeFile(join(folder.path, `${nextStem}_1.png`), 'of somebody else');
      await writeFile(join(folder.path, `${nextStem}_2.png`), '');
      assert.equal(await saving.write(0, 'png', bytes), join(folder.path, `${nextStem}_3.png`));
      await saving.end();
      assert.equal(await readFile(join(folder.path, `${stem}_4.png`), 'utf8'), 'of somebody else');
      assert.equal(
        await readFile(join(folder.path, `${nextStem}_1.png`), 'utf8'),
        'of somebody else',
      );
      assert.equal(await readFile(join(folder.path, `${nextStem}_2.png`), 'utf8'), '');
    });

    test('a saving that was killed goes on under its names, and writes nothing twice', async () => {
      const first = await open().begin('task', stamp);
      const path = await first.write(1, 'png', bytes);
      const kept = await first.write(2, 'webp', bytes);
      await killedSaving('task', { pid: process.pid });
      const second = await open().begin('task', new Date());
      const found = await second.find(1, 'png');
      assert.deepEqual([found?.path, await found?.content.bytes()], [path, new Uint8Array(bytes)]);
      assert.equal(await second.find(0, 'png'), undefined);
      assert.equal(await second.write(2, 'webp', bytes), kept);
      assert.equal(await second.write(0, 'png', bytes), join(folder.path, `${stem}_1.png`));
      await second.end();
      assert.deepEqual(await folder.names(), [`${stem}_1.png`, `${stem}_2.png`, `${stem}_3.webp`]);
    });

    test('a name that was taken and not filled when it was killed', async () => {
      await killedSaving('task', { pid: await deadPid() });
      await writeFile(join(folder.path, `${stem}_1.png`), '');
      const saving = await open().begin('task', stamp);
      assert.equal(await saving.find(0, 'png'), undefined);
      assert.equal(await saving.write(0, 'png', bytes), join(folder.path, `${stem}_1.png`));
      await saving.end();
      assert.deepEqual(await folder.names(), [`${stem}_1.png`]);
    });

    for (const [what, saving, hasFiles, left] of [
      ['killed without a picture', async () => ({ pid: await deadPid() }), false, 'nothing'],
      [
        'killed with a picture: its task will be taken up',
        async () => ({ pid: await deadPid() }),
        true,
        'its owner',
      ],
      [
        'killed with a picture, too long ago to be taken up',
        async () => ({ pid: await deadPid(), hoursAgo: 4 }),
        true,
        'nothing',
      ],
      ['still alive', () => ({ pid: process.pid, hoursAgo: 4 }), false, 'all'],
      [
        'of a process number that was given to another one',
        () => ({ pid: process.pid, hoursAgo: 25 }),
        false,
        'nothing',
      ],
      ['of another machine', () => ({ pid: 1, host: 'another', hoursAgo: 2 }), false, 'all'],
      [
        'of another machine, long ago',
        () => ({ pid: 1, host: 'another', hoursAgo: 4 }),
        false,
        'nothing',
      ],
    ] as const) {
      test(`leftovers of a saving that was ${what}`, async () => {
        await killedSaving('another task', await saving());
        if (hasFiles) await writeFile(join(folder.path, `${stem}_1.png`), bytes);
        const mine = await open().begin('task', new Date(2026, 5, 1));
        await mine.end();
        const working = `.${stem}.saving`;
        const expected = { nothing: [], 'its owner': [working], all: [working] }[left];
        assert.deepEqual(
          (await folder.names()).filter(name => name.startsWith('.')),
          expected,
        );
        const inside = left === 'nothing' ? [] : (await readdir(join(folder.path, working))).sort();
        assert.deepEqual(
          inside.map(name => name.replace(/.*\.part$/, 'part').replace(/^owner.*/, 'owner')),
          { nothing: [], 'its owner': ['owner'], all: ['part', 'owner'] }[left],
        );
        const resumed = await open().begin('another task', new Date());
        assert.equal(
          (await resumed.find(0, 'png'))?.path,
          hasFiles && left === 'its owner' ? join(folder.path, `${stem}_1.png`) : undefined,
        );
        await resumed.end();
        assert.deepEqual(
          (await folder.names()).filter(name => name.startsWith('.')),
          [],
        );
      });
    }

    test('a saving that was killed before it knew whether its second is free owns nothing there', async () => {
      await killedSaving('task', { pid: await deadPid(), state: 'claim' });
      await writeFile(join(folder.path, `${stem}_1.png`), 'a picture of another task');
      const saving = await open().begin('task', stamp);
      assert.equal(await saving.find(0, 'png'), undefined);
      assert.equal(await saving.write(0, 'png', bytes), join(folder.path, `${nextStem}_1.png`));
      await saving.end();
      assert.deepEqual(await folder.names(), [`${stem}_1.png`, `${nextStem}_1.png`]);
    });

    test('a saving whose process was killed while it began', async () => {
      await mkdir(join(folder.path, `.${stem}.saving`), { recursive: true });
      await (await open().begin('task', stamp)).end();
      assert.deepEqual(await folder.names(), []);
    });

    test('a folder behind a symbolic link, with a name that needs escaping', async () => {
      const strange = folder.beside('图片 100% #1?');
      await mkdir(strange);
      await symlink(strange, folder.path);
      const saving = await open().begin('task', stamp);
      await saving.write(0, 'png', bytes);
      await saving.end();
      assert.deepEqual(await readFile(join(strange, `${stem}_1.png`)), bytes);
      const direct = await new NodeFolder(pathToFileURL(strange).href).begin('other', stamp);
      assert.equal(await direct.write(0, 'png', bytes), join(strange, `${nextStem}_1.png`));
    });

    test('an error of the disk is thrown as it is', async () => {
      await writeFile(folder.path, 'a file, not a folder');
      await assert.rejects(open().begin('task', stamp), { code: 'EEXIST' });
    });
  });
}
