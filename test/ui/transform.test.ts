import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DemoService } from '../demo-service.ts';
import { partsOf } from '../multipart.ts';
import { photo } from '../unit/convert/samples.ts';
import { pictureServer, type PictureServer } from '../unit/output/picture-server.ts';
import type { Editor } from './driver/editor.ts';
import { raiseStage, strikeStage, tidy } from './driver/stage.ts';
import { describe } from './driver/steps.ts';
import type { Window } from './driver/window.ts';

suite('transform pictures', () => {
  let demo: DemoService;
  let pictures: PictureServer;
  let editor: Editor;
  let window: Window;
  let files: Record<string, Buffer>;
  suiteSetup(async () => {
    files = {
      'a.png': await photo(90, 60).png().toBuffer(),
      'b.JPG': await photo(60, 60).jpeg().toBuffer(),
      'c.webp': await photo(40, 80).webp().toBuffer(),
    };
    pictures = await pictureServer({ '/far.png': await photo(50, 50).png().toBuffer() });
    ({ demo, editor, window } = await raiseStage({
      session: 'beadbeadbeadbeadbeadbeadbeadbead',
      settings: { 'jimeng.resolution': '1k', 'explorer.autoReveal': false },
      files: { ...files, 'notes.txt': 'no picture', 'broken.png': 'not a picture' },
    }));
  });
  suiteTeardown(async () => {
    await strikeStage({ demo, editor });
    await pictures.close();
  });
  teardown(function () {
    return tidy(this, window);
  });

  const posted = () =>
    demo.requests.filter(({ method, path }) => method === 'POST' && path.startsWith('/v1/images'));

  /** Says what to make, looks at what it is made of, and gives up. */
  async function giveUp(pictures: string): Promise<void> {
    await describe(window, 'Describe the change', 'better');
    await window.entry(pictures);
    await window.press('Escape');
    await window.quickInput.waitFor({ state: 'detached' });
  }

  test('three in the Explorer and one by its address: all arrive as files, in their order', async () => {
    await window.explorer.select('a.png', 'b.JPG', 'c.webp');
    const transform = await window.openSubmenu(
      window.explorer.row('b.JPG'),
      'Jimeng',
      'Transform Image',
    );
    await window.screenshot('transform-menu-en');
    await window.choose(transform);
    await describe(window, 'Describe the change', 'as one poster');
    await window.entry('1. a.png · 2. b.JPG · 3. c.webp');
    await window.pick('Pictures');
    await window.pick('Add by Address');
    await window.quickInputWith('Address of a Picture');
    await window.type(`${pictures.url}/far.png`);
    await window.press('Enter');
    await window.entry('4. far.png');
    const second = await window.entry('2. b.JPG');
    await second.hover();
    await window.screenshot('pictures-en');
    await window.pressInRow(second, 'Move Up');
    await window.entry('1. b.JPG');
    await window.pick('Done');
    await window.entry('1. b.JPG · 2. a.png · 3. c.webp · 4. far.png');
    await window.screenshot('transform-options-en');
    await window.pick('Generate');
    await window.notification('1 picture saved in pic');
    assert.equal(posted().length, 1);
    const sha256 = (name: string) =>
      createHash('sha256')
        .update(files[name] ?? '')
        .digest('hex');
    const sent = (await partsOf(posted()[0]!))
      .filter(([name]) => name === 'images')
      .map(([, value]) => value);
    assert.deepEqual(sent.slice(0, 3), [
      `b.JPG image/jpeg ${sha256('b.JPG')}`,
      `a.png image/png ${sha256('a.png')}`,
      `c.webp image/webp ${sha256('c.webp')}`,
    ]);
    assert.match(sent[3] ?? '', /^far\.png image\/png /);
    await window.openJimeng();
    await window.taskRow(/as one poster\s?demo · 1 picture/);
  });

  test('from the title of an open picture, and from the palette with some to be picked', async () => {
    const before = posted().length;
    await window.closeEditors();
    await window.explorer.show();
    await window.explorer.openPicture('c.webp');
    await window.page
      .locator('.editor-actions .action-label[aria-label*="Transform Image"]')
      .click();
    await giveUp('1. c.webp');
    await window.closeEditors();
    await window.palette('Jimeng: Transform Image…');
    await window.chooseFile(join(editor.workspace, 'b.JPG'));
    await giveUp('1. b.JPG');
    assert.equal(posted().length, before);
  });

  test('run again: a picture that has changed, or gone, is said before anything is sent', async () => {
    const before = posted().length;
    const again = async () => {
      await window.openJimeng();
      await window.chooseOf(await window.taskRow(/as one poster\s?demo · 1 picture/), 'Run Again');
    };
    const dialog = window.page.locator('.monaco-dialog-box', {
      hasText: 'Changed since the first time: a.png',
    });
    await writeFile(join(editor.workspace, 'a.png'), await photo(33, 44).png().toBuffer());
    await again();
    await dialog.waitFor();
    await window.screenshot('changed-en');
    await dialog.getByText('Cancel').click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(posted().length, before);
    await again();
    await dialog.getByText('Send It').click();
    await window.tasksView
      .locator('.monaco-list-row', { hasText: /as one poster\s?demo · 1 picture/ })
      .nth(1)
      .waitFor();
    assert.equal(posted().length, before + 1);
    await rm(join(editor.workspace, 'a.png'));
    await again();
    await window.notification('The file a.png does not exist');
    assert.equal(posted().length, before + 1);
  });

  test('what is not a picture is not offered; a name that lies is a sentence, and nothing is sent', async () => {
    const before = posted().length;
    await window.explorer.show();
    await window.openMenu(window.explorer.row('notes.txt'), 'Copy Path');
    assert.equal(await window.menu('Jimeng').count(), 0);
    await window.press('Escape');
    await window.choose(
      await window.openSubmenu(window.explorer.row('broken.png'), 'Jimeng', 'Transform Image'),
    );
    await describe(window, 'Describe the change', 'better');
    await window.accept('Generate');
    await window.notification('broken.png is not a picture');
    assert.equal(posted().length, before);
  });
});
