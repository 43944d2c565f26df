import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Editor } from './driver/editor.ts';
import { installedExtension } from './driver/shared.ts';
import type { Window } from './driver/window.ts';

const root = new URL('../../', import.meta.url);

suite('the README of the installed extension', () => {
  let editor: Editor;
  let window: Window;
  let installed: string;
  suiteSetup(async () => {
    editor = await Editor.start();
    window = await editor.open();
    installed = (await installedExtension()).folder;
  });
  suiteTeardown(() => editor.stop());

  for (const [packed, source] of [
    ['readme.md', 'README.md'],
    ['README.zh-CN.md', 'README.zh-CN.md'],
  ] as const) {
    test(`${source} is packed as it is written, with its pictures`, async () => {
      const text = await readFile(join(installed, packed), 'utf8');
      assert.equal(text, await readFile(new URL(source, root), 'utf8'));
      const pictures = [...text.matchAll(/^!\[.*\]\((.+)\)$/gm)].map(([, path]) => path!);
      assert.equal(pictures.length, 3);
      for (const path of pictures) await access(join(installed, path));
    });
  }

  test('its page shows no broken picture, and the example as it is written', async () => {
    await window.palette('Extensions: Show Installed Extensions');
    await window.page
      .locator('.extensions-viewlet .monaco-list-row', { hasText: 'Jimeng' })
      .first()
      .click();
    const page = window.page
      .frameLocator('iframe.webview.ready')
      .frameLocator('iframe#active-frame');
    await page.locator('code', { hasText: '![a red fox](pic/hero.png)' }).waitFor();
    await window.screenshot('extension-page-en');
    for (const image of await page.locator('img').all()) {
      // VS Code takes the source of what is not on the web; without words of its own such a picture takes no room.
      const { width = 0, height = 0 } = (await image.boundingBox()) ?? {};
      assert.ok(
        (await image.getAttribute('src')) !== null || width * height === 0,
        'a broken picture is in sight',
      );
    }
  });
});
