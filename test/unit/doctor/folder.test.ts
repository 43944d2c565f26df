import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertWritable } from '../../../src/core/doctor/folder.ts';
import { makeFolder } from '../../../src/core/system/files.ts';
import { JimengError } from '../../../src/core/service/failures/failures.ts';

suite('folders that are to be written', () => {
  let folder: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-folder-'));
    await writeFile(join(folder, 'file'), '');
    await symlink('loop', join(folder, 'loop'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
  });
  teardown(() => rm(folder, { recursive: true }));

  test('a folder that is there or can be made is left as it is', async () => {
    await assertWritable(folder);
    await assertWritable(join(folder, 'new', 'deeper'));
    assert.deepEqual((await readdir(folder)).sort(), ['file', 'loop', 'pipe']);
  });

  for (const [what, name] of [
    ['a file', 'file'],
    ['below a file', 'file/pic'],
    ['a pipe', 'pipe'],
    ['a link to itself', 'loop/pic'],
    ['a place of the kernel', '/proc/x'],
    ['deep in such a place', '/proc/x/y/z'],
  ] as const) {
    test(`${what} is refused in a sentence, and does not hang`, async () => {
      const path = name.startsWith('/') ? name : join(folder, name);
      await assert.rejects(
        assertWritable(path),
        (error: unknown) =>
          error instanceof JimengError &&
          error.failure.kind === 'folderUnreachable' &&
          /Nothing can be saved in .*: E[A-Z]+\.$/.test(error.failure.detail ?? ''),
      );
      await assert.rejects(makeFolder(path), (error: unknown) =>
        /^E[A-Z]+$/.test((error as NodeJS.ErrnoException).code ?? ''),
      );
    });
  }

  test('folders are made with those above them, by several at once, and through a link', async () => {
    await Promise.all(Array.from({ length: 20 }, () => makeFolder(join(folder, 'a', 'b', 'c'))));
    await mkdir(join(folder, 'real'));
    await symlink('real', join(folder, 'link'));
    await makeFolder(join(folder, 'link'));
    await makeFolder(join(folder, 'link', 'd'));
    assert.deepEqual(
      [await readdir(join(folder, 'a', 'b')), await readdir(join(folder, 'real'))],
      [['c'], ['d']],
    );
  });
});
