import assert from 'node:assert/strict';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isInside } from '../../../src/core/system/inside.ts';
import { temporaryFolder, type TemporaryFolder } from '../output/temporary-folder.ts';

suite('whether a path lies in a folder', () => {
  let folder: TemporaryFolder;
  setup(async () => {
    folder = await temporaryFolder();
    await mkdir(join(folder.path, 'inner'), { recursive: true });
    await mkdir(folder.beside('outer'));
  });
  teardown(() => folder.remove());

  for (const [what, target, below, inside] of [
    ['a link to a folder inside', 'inner', '', true],
    ['a link to a folder outside', '../outer', '', false],
    ['a path below a link to a folder outside', '../outer', 'new/deeper', false],
    ['a link to the folder above', '..', '', false],
  ] as const) {
    test(`${what}: ${inside ? 'yes' : 'no'}`, async () => {
      await symlink(target, join(folder.path, 'link'));
      assert.equal(await isInside(join(folder.path, 'link', below), folder.path), inside);
    });
  }

  test('a link to nothing is an error of the system, wherever it leads', async () => {
    for (const target of ['new', 'inner/new', '../new', '../outer/new', join(folder.path, 'new')]) {
      const link = join(folder.path, 'link');
      await symlink(target, link);
      for (const path of [link, join(link, 'deeper'), join(link, 'deeper', 'still')])
        await assert.rejects(isInside(path, folder.path), { code: 'ENOENT' }, target);
      await rm(link);
    }
  });

  test('links in a circle are an error of the system', async () => {
    await symlink('link', join(folder.path, 'link'));
    await assert.rejects(isInside(join(folder.path, 'link', 'deeper'), folder.path), {
      code: 'ELOOP',
    });
  });

  test('a folder that is a link itself, and names that only begin alike', async () => {
    await symlink(folder.path, folder.beside('project'));
    assert.equal(await isInside(join(folder.path, 'inner'), folder.beside('project')), true);
    assert.equal(await isInside(`${folder.path}-2`, folder.path), false);
    assert.equal(await isInside(join(folder.path, '..new'), folder.path), true);
  });
});
