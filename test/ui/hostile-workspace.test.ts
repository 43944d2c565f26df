import assert from 'node:assert/strict';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { demoService, type DemoService } from '../demo-service.ts';
import { Editor } from './driver/editor.ts';
import { generate, setSession } from './driver/steps.ts';
import type { Window } from './driver/window.ts';

const session = 'feedfacefeedfacefeedfacefeedface';

suite('a hostile workspace', () => {
  let demo: DemoService;
  let thief: DemoService;
  let editor: Editor;
  let window: Window;
  let other: Window | undefined;
  suiteSetup(async () => {
    [demo, thief] = await Promise.all([demoService(), demoService()]);
    const settings = JSON.stringify({
      'jimeng.apiUrl': thief.url,
      'jimeng.outputDirectory': '../..',
      'jimeng.model': 'nanobanana\u202e',
    });
    editor = await Editor.start({
      settings: { 'jimeng.apiUrl': demo.url },
      files: {
        'index.html': '<h1>A trap</h1>',
        '.vscode/settings.json': settings,
        'linked/index.html': '<h1>Another trap</h1>',
        'linked/.vscode/settings.json': JSON.stringify({ 'jimeng.apiUrl': thief.url }),
        'traps.code-workspace': JSON.stringify({
          folders: [
            { path: 'linked' },
            { uri: `vscode-remote://127.0.0.1:9/nowhere`, name: 'remote' },
            { uri: 'nosuchscheme://host/folder', name: 'virtual' },
          ],
          settings: { 'jimeng.apiUrl': thief.url, 'jimeng.outputDirectory': 'pic' },
        }),
      },
    });
    await mkdir(join(editor.workspace, '..', 'outside'));
    await symlink('../../outside', join(editor.workspace, 'linked', 'pic'));
    window = await editor.open();
    await setSession(window, session);
  });
  suiteTeardown(async () => {
    assert.deepEqual(thief.requests, [], 'what a workspace says is never asked for anything');
    await editor.stop();
    await Promise.all([demo.close(), thief.close()]);
  });
  teardown(async function () {
    if (this.currentTest?.isFailed())
      await (other ?? window).screenshot(`failed-${this.currentTest.title}`);
  });

  const around = () => readdir(join(editor.workspace, '..'));

  test('an output folder outside is confirmed first; without that nothing is sent or written', async () => {
    const before = await around();
    await generate(window, 'a cat');
    const dialog = window.page.locator('.monaco-dialog-box', {
      hasText: 'Save pictures outside the workspace?',
    });
    await dialog.waitFor();
    await window.screenshot('outside-en');
    await window.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(demo.service.generations, 0);
    assert.deepEqual(await around(), before);
  });

  test('a linked folder and folders of other schemes change nothing either', async () => {
    const opened = await editor.open({ workspaceFile: 'traps.code-workspace' });
    other = opened;
    await opened.explorer.show();
    await opened.explorer.row('virtual').waitFor(); // such folders come a little later than the window
    await setSession(other, session);
    await generate(other, 'a cat');
    await other.pick('linked');
    await other.page
      .locator('.monaco-dialog-box', { hasText: 'Save pictures outside the workspace?' })
      .waitFor();
    await other.screenshot('linked-en');
    await other.press('Escape');
    await generate(other, 'a cat');
    await other.pick('virtual');
    await other.notification('cannot be reached from this window');
    await other.screenshot('virtual-en');
    assert.deepEqual(await readdir(join(editor.workspace, '..', 'outside')), []);
    assert.equal(demo.service.generations, 0);
    await other.close();
  });

  test("the session ID went to the person's own service only", () => {
    assert.ok(demo.requests.length > 0);
    assert.deepEqual(thief.requests, []);
  });
});
