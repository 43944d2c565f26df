import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isInside } from '../../src/core/inside.ts';
import { temporaryFolder, type TemporaryFolder } from './pictures/temporary-folder.ts';

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
    ['a link to nothing inside', 'new', '', true],
    ['a path below a link to nothing inside', 'inner/new', 'deeper', true],
    ['a link to nothing outside', '../new', '', false],
    ['a path below a link to nothing outside', '../outer/new', 'deeper', false],
    ['a link to the folder above', '..', '', false],
  ] as const) {
    test(`${what}: ${inside ? 'yes' : 'no'}`, async () => {
      await symlink(target, join(folder.path, 'link'));
      assert.equal(await isInside(join(folder.path, 'link', below), folder.path), inside);
    });
  }

  test('links that lead to each other, and to nothing in the end', async () => {
    await symlink('second', join(folder.path, 'first'));
    await symlink('inner/../../new', join(folder.path, 'second'));
    assert.equal(await isInside(join(folder.path, 'first'), folder.path), false);
  });

  test('a link to nothing by way of another link: ".." there is not the folder of the link', async () => {
    await mkdir(folder.beside('outer/deep'));
    await symlink('../outer/deep', join(folder.path, 'way'));
    await symlink('way/../new', join(folder.path, 'link'));
    assert.equal(await isInside(join(folder.path, 'link'), folder.path), false);
    assert.equal(await isInside(join(folder.path, 'link', 'deeper'), folder.path), false);
  });

  test('links in a circle are an error of the system', async () => {
    await symlink('link', join(folder.path, 'link'));
    await assert.rejects(isInside(join(folder.path, 'link', 'deeper'), folder.path), { code: 'ELOOP' });
  });

  test('a folder that is a link itself, and names that only begin alike', async () => {
    await symlink(folder.path, folder.beside('project'));
    assert.equal(await isInside(join(folder.path, 'inner'), folder.beside('project')), true);
    assert.equal(await isInside(`${folder.path}-2`, folder.path), false);
    assert.equal(await isInside(join(folder.path, '..new'), folder.path), true);
  });
});
