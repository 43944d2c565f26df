import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';

suite('extension', () => {
  const extension = vscode.extensions.getExtension('jimeng-vscode.jimeng')!;

  test('is activated by the end of the start', async () => {
    await extension.activate();
    assert.ok(extension.isActive);
  });

  test('every command of the manifest is there', async () => {
    const { contributes } = extension.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).filter(command => !known.has(command)),
      [],
    );
  });

  test('a start with nothing unfinished writes nothing', async () => {
    const storage = await readdir(
      join(process.env['JIMENG_TEST_USER_DATA']!, 'User', 'globalStorage'),
    );
    assert.ok(!storage.includes('jimeng-vscode.jimeng'), storage.join());
  });

  test('the address cannot be set by a workspace', async () => {
    const inspected = vscode.workspace.getConfiguration('jimeng').inspect('apiUrl')!;
    assert.equal(inspected.defaultValue, 'http://localhost:5100');
    await assert.rejects(
      Promise.resolve(
        vscode.workspace
          .getConfiguration('jimeng')
          .update('apiUrl', 'http://127.0.0.1:1', vscode.ConfigurationTarget.Workspace),
      ),
    );
  });
});
