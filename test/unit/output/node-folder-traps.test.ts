import assert from 'node:assert/strict';
import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { THIS_PROCESS } from '../../../src/core/system/process.ts';
import { NodeFolder } from '../../../src/core/output/node-folder.ts';
import type { MakeLink } from '../../../src/core/output/write-whole.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';
import { makeVictim, snapshot, traps } from './traps.ts';

const stamp = new Date(2026, 0, 31, 23, 59, 58);
const stem = 'jimeng_20260131_235958';
const bytes = Buffer.from('a picture');
const withoutLinks: MakeLink = () =>
  Promise.reject(Object.assign(new Error('no links here'), { code: 'ENOTSUP' }));
/** A process number that no system gives. */
const noProcess = 2 ** 30;
const owner = `owner&task&${encodeURIComponent(THIS_PROCESS.host)}&${noProcess}`;

for (const [disk, makeLink] of [
  ['a disk with hard links', link],
  ['a disk without', withoutLinks],
] as const) {
  suite(`a folder on ${disk} that others have filled`, () => {
    let folder: TemporaryFolder;
    let victim: string;
    setup(async () => {
      folder = await temporaryFolder();
      victim = folder.beside('victim');
      await mkdir(folder.path);
      await makeVictim(victim, owner);
    });
    teardown(() => folder.remove());

    /** Saves two pictures of the task. Returns their names. */
    async function save(): Promise<string[]> {
      const saving = await new NodeFolder(folder.uri, makeLink).begin('task', stamp);
      const names: string[] = [];
      for (const index of [0, 1]) {
        const found = await saving.find(index, 'png');
        names.push(
          (
            found?.path ??
            (await saving.write(index, 'png', Buffer.concat([bytes, Buffer.from([index])])))
          ).slice(folder.path.length + 1),
        );
      }
      await saving.end();
      return names;
    }

    for (const [what, trap] of Object.entries(traps)) {
      for (const name of [`.${stem}.saving`, '.jimeng_20250101_000000.saving']) {
        test(`${what} instead of ${name === `.${stem}.saving` ? 'its own' : 'an earlier'} working folder stays as it is`, async () => {
          const path = join(folder.path, name);
          await trap(path, victim, owner);
          const before = [await snapshot(path), await snapshot(victim)];
          assert.deepEqual(
            (await save()).map(saved => /^jimeng_20260131_23595\d_(\d)\.png$/.exec(saved)?.[1]),
            ['1', '2'],
          );
          assert.deepEqual([await snapshot(path), await snapshot(victim)], before);
          assert.deepEqual(
            (await folder.names()).filter(saved => saved.startsWith('.')),
            [name],
          );
        });
      }
    }

    test('a working folder whose name differs in case', async () => {
      const path = join(folder.path, `.${stem.toUpperCase()}.SAVING`);
      await mkdir(path);
      await writeFile(join(path, owner), '');
      const before = await snapshot(path);
      assert.equal((await save()).length, 2);
      assert.deepEqual(await snapshot(path), before);
    });

    suite('with the working folder of this task, which was killed', () => {
      setup(async () => {
        await mkdir(join(folder.path, `.${stem}.saving`));
        await writeFile(join(folder.path, `.${stem}.saving`, owner), '');
      });

      for (const [what, trap] of [
        [
          'a link to the same picture',
          async path => {
            await writeFile(join(victim, 'same'), Buffer.concat([bytes, Buffer.from([0])]));
            await symlink(join(victim, 'same'), path);
          },
        ],
        ['a link to an empty file', path => symlink(join(victim, 'empty'), path)],
        ['a link to nothing', path => symlink(join(victim, 'new'), path)],
        ['a link to itself', path => symlink(path, path)],
        ['a link to a folder', path => symlink(victim, path)],
        [
          'a link to a FIFO',
          async path => {
            await traps['a FIFO']!(join(victim, 'fifo'), victim, owner);
            await symlink(join(victim, 'fifo'), path);
          },
        ],
        ['a FIFO', path => traps['a FIFO']!(path, victim, owner)],
        ['a folder', path => mkdir(path)],
      ] as [string, (path: string) => Promise<unknown>][]) {
        test(`${what} under the name of its first picture is not taken for it, nor touched`, async () => {
          const path = join(folder.path, `${stem}_1.png`);
          await trap(path);
          const before = [await snapshot(path), await snapshot(victim)];
          assert.deepEqual(await save(), [`${stem}_2.png`, `${stem}_3.png`]);
          assert.deepEqual([await snapshot(path), await snapshot(victim)], before);
        });
      }

      test("an empty file whose name only begins as a picture's is not taken for a name that waits to be filled", async () => {
        const others = [`${stem}_1.png.bak~`, `${stem}_notes.txt`, `${stem}_1`];
        for (const name of others) await writeFile(join(folder.path, name), '');
        await save();
        for (const name of others) assert.ok((await folder.names()).includes(name), name);
      });
    });
  });
}

test('a folder that its file system does not take is an error at once', async () => {
  for (const uri of ['file:///proc/pictures', 'file:///proc/deeper/pictures'])
    await assert.rejects(new NodeFolder(uri).begin('task', stamp));
});

test('a folder is not made at the end of a link', async () => {
  const folder = await temporaryFolder();
  try {
    await symlink(folder.beside('new'), folder.path);
    for (const uri of [folder.uri, `${folder.uri}/deeper`])
      await assert.rejects(new NodeFolder(uri).begin('task', stamp));
    await assert.rejects(snapshot(folder.beside('new')), { code: 'ENOENT' });
  } finally {
    await folder.remove();
  }
});
