import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { WorkspaceFolder } from '../../src/editor/platform/workspace-folder.ts';
import { MemoryFiles } from './memory-files.ts';

suite('a folder that is on no disk', () => {
  const stamp = new Date(2026, 0, 2, 3, 4, 5);
  let files: MemoryFiles;
  let registration: vscode.Disposable;
  setup(() => {
    files = new MemoryFiles();
    registration = vscode.workspace.registerFileSystemProvider('jimeng-memory', files);
  });
  teardown(() => {
    registration.dispose();
  });
  const folder = 'jimeng-memory:/project/pic';
  const bytes = (text: string) => new TextEncoder().encode(text);

  test('pictures get their names, in the order of the result', async () => {
    const saving = await new WorkspaceFolder(folder).begin('t', stamp);
    await saving.write(1, 'png', bytes('two'));
    await saving.write(0, 'png', bytes('one'));
    await saving.end();
    assert.deepEqual(files.contents('/project/pic'), {
      'jimeng_20260102_030405_1.png': 'one',
      'jimeng_20260102_030405_2.png': 'two',
    });
  });

  test('nothing is overwritten, and nothing but pictures stays', async () => {
    for (const text of ['first', 'second']) {
      const saving = await new WorkspaceFolder(folder).begin(text, stamp);
      await saving.write(0, 'png', bytes(text));
      await saving.end();
    }
    assert.deepEqual(Object.values(files.contents('/project/pic')), ['first', 'second']);
  });

  test('a file that appeared meanwhile is left alone', async () => {
    const saving = await new WorkspaceFolder(folder).begin('t', stamp);
    await vscode.workspace.fs.writeFile(
      vscode.Uri.parse(`${folder}/jimeng_20260102_030405_1.png`),
      bytes('theirs'),
    );
    await saving.write(0, 'png', bytes('ours'));
    assert.deepEqual(files.contents('/project/pic'), {
      'jimeng_20260102_030405_1.png': 'theirs',
      'jimeng_20260102_030405_2.png': 'ours',
    });
  });
});
