import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Locator } from 'playwright-core';
import sharp from 'sharp';
import type { DemoService } from '../demo-service.ts';
import { photo } from '../unit/convert/samples.ts';
import type { Editor } from './driver/editor.ts';
import { raiseStage, strikeStage, tidy } from './driver/stage.ts';
import { generate } from './driver/steps.ts';
import { insist, until } from './driver/waiting.ts';
import type { Window } from './driver/window.ts';

const session = 'beadbeadbeadbeadbeadbeadbeadbead';
const settings = {
  'jimeng.resolution': '1k',
  'jimeng.mode': 'background',
  'explorer.autoReveal': false,
  'editor.minimap.enabled': false,
};

/** Puts the cursor into the first line of a page, behind so many characters, and asks for the fixes of what is hinted at there. */
async function openFixes(window: Window, page: string, column: number): Promise<Locator> {
  await window.openFile(page);
  await window.page.locator('.squiggly-hint').first().waitFor({ state: 'attached' });
  await window.press('Control+Home');
  for (let step = 0; step < column; step++) await window.press('ArrowRight');
  await window.page
    .locator('[class*="codicon-light-bulb"], [class*="codicon-gutter-lightbulb"], .lightBulbWidget')
    .first()
    .waitFor();
  const fixes = window.page.locator('.action-widget').first();
  await insist(async () => {
    await window.press('Control+.');
    await fixes.waitFor({ timeout: 3_000 });
  });
  return fixes;
}

suite('pictures put to use in pages', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage({
      session,
      settings,
      files: {
        'docs/guide.md': '![a red fox in the snow](img/hero.png)\n',
        'docs/harbour.html':
          '<img src="img/banner.jpg" alt="a harbour at night" width="1280" height="720">\n',
        'web/page.md': '# A page\n\n',
        'web/told.md': '# A page\n\n',
        'web/several.md': '# A page\n\n',
        'web/page.html': '<h1>A page</h1>\n',
        'web/App.tsx': 'export const App = () => ',
        'web/style.css': '.hero { background: ',
        'web/wide.html': '<main>\n',
        'pic/cat photo.png': await photo(1_800, 1_000).png().toBuffer(),
      },
    }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  /** The file as it is on the disk, once it is as wanted. */
  async function saved(name: string, wanted: RegExp): Promise<string> {
    const onDisk = async () => {
      await window.press('Control+S');
      return readFile(join(editor.workspace, name), 'utf8').catch(() => '');
    };
    return until(onDisk, text => wanted.test(text));
  }

  /** Opens a page with the cursor at its end. */
  async function stand(name: string): Promise<void> {
    await window.openFile(basename(name));
    await window.press('Control+End');
  }

  test('a broken link: its Quick Fix ends with a picture under that name, and the preview shows it', async () => {
    const fixes = await openFixes(window, 'guide.md', 28);
    await fixes.getByText('Generate the missing image with Jimeng').waitFor();
    await window.screenshot('page-fix-en');
    await fixes.getByText('Generate the missing image with Jimeng').click();
    await window.quickInputWith('Describe the picture');
    await window.value('a red fox in the snow');
    assert.equal(demo.generationBodies().length, 0); // nothing is sent unseen
    await window.press('End');
    await window.type(', at dawn');
    await window.value('a red fox in the snow, at dawn');
    await window.accept('Continue');
    await window.accept('Generate');
    const question = await window.notification(
      '4 pictures saved. Which one should be docs/img/hero.png?',
    );
    await window.screenshot('page-question-en');
    await question.getByText('Choose…').click();
    await window.quickInputWith('Which picture should be docs/img/hero.png?');
    await window.entry('4. jimeng_');
    await window.press('ArrowDown');
    const second = (
      await (await window.focused('2. jimeng_')).locator('.label-name').first().innerText()
    ).slice(3);
    await window.picture();
    const bytes = await readFile(join(editor.workspace, 'docs/img', second));
    await window.screenshot('page-choose-en');
    await window.press('Enter');
    await window.notification('docs/img/hero.png is saved for the page');
    assert.deepEqual(await readFile(join(editor.workspace, 'docs/img/hero.png')), bytes);
    const beside = await editor.files('docs/img');
    assert.deepEqual([beside.length, beside[0], beside.includes(second)], [4, 'hero.png', false]);
    await window.closeNotifications();
    await window.page.locator('.squiggly-hint').first().waitFor({ state: 'detached' });
    await window.palette('Markdown: Open Preview');
    const picture = window.page
      .frameLocator('iframe.webview.ready')
      .frameLocator('iframe#active-frame')
      .locator('img[alt*="red fox"]');
    await picture.waitFor();
    await until(
      () => picture.evaluate(image => (image as unknown as { naturalWidth: number }).naturalWidth),
      width => width === 1024,
    );
    await window.screenshot('page-preview-en');
    await window.closeEditors();
  });

  test("a JPEG link becomes PNG, the page's ratio is offered and not taken, and the question survives a reload", async () => {
    const fixes = await openFixes(window, 'harbour.html', 14);
    await fixes.getByText('Change the link to banner.png and generate it with Jimeng').click();
    await window.quickInputWith('Describe the picture');
    await window.value('a harbour at night');
    await window.accept('Continue');
    await (await window.focused('Generate')).getByText('1:1 · 1024×1024').waitFor();
    await window.screenshot('page-ratio-en');
    await window.pick('As in the Page: 16:9');
    await (await window.focused('Generate')).getByText('16:9 · 1024×576').waitFor();
    await window.press('Enter');
    await demo.arrived('POST', '/v1/images/generations');
    await saved('docs/harbour.html', /src="img\/banner\.png"/);
    await window.notification('4 pictures saved. Which one should be docs/img/banner.png?');
    await window.reload();
    const question = await window.notification(
      '4 pictures saved. Which one should be docs/img/banner.png?',
    );
    await question.locator('.codicon-notifications-clear').click(); // put off: the view still has it
    const choice = await window.openMenu(
      await window.taskRow(/a harbour at night.*choose one for banner\.png/),
      'Choose the Picture for the Page…',
    );
    await window.screenshot('page-task-en');
    await window.choose(choice);
    await window.quickInputWith('Which picture should be docs/img/banner.png?');
    await window.pick('3. jimeng_');
    await window.notification('docs/img/banner.png is saved for the page');
    assert.equal(
      (await sharp(join(editor.workspace, 'docs/img/banner.png')).metadata()).width,
      1024,
    );
    await window.closeEditors();
  });

  test('insert into Markdown, HTML, CSS and TSX, in the manner of each', async () => {
    await window.openJimeng();
    await generate(window, 'a "cat" & a [dog]');
    const row = () => window.finishedRow(/a "cat" & a \[dog\]\s?demo · 4 pictures/);
    await row();
    await stand('web/page.md');
    const insert = await window.openMenu(await row(), 'Insert into Editor');
    await window.screenshot('page-insert-menu-en');
    await window.choose(insert);
    await window.quickInputWith('Which picture should be inserted?');
    await window.focused('1. jimeng_');
    await window.picture(); // the preview beside the page
    await window.screenshot('page-pick-en');
    await window.pick('All 4 Pictures');
    const markdown = await saved(
      'web/page.md',
      /(!\[a "cat" \\& a \\\[dog\\\]\]\(\.\.\/pic\/jimeng_\d+_\d+_\d\.png\)\n?){4}/,
    );
    assert.match(markdown, /_1\.png\)\n.*_2\.png\)\n.*_3\.png\)\n.*_4\.png\)/);
    await window.screenshot('page-insert-en');
    await window.unfold(await row());
    const insertFirst = async (page: string) => {
      await stand(page);
      await window.chooseOf(await window.taskRow(/^1 · 1024×1024/), 'Insert into Editor');
    };
    await insertFirst('web/page.html');
    await saved(
      'web/page.html',
      /<h1>A page<\/h1>\n<img src="\.\.\/pic\/jimeng_\d+_\d+_1\.png" alt="a &quot;cat&quot; &amp; a \[dog\]" width="1024" height="1024">/,
    );
    await insertFirst('web/style.css');
    await saved(
      'web/style.css',
      /^\.hero \{ background: url\("\.\.\/pic\/jimeng_\d+_\d+_1\.png"\)/,
    );
    await insertFirst('web/App.tsx');
    await saved(
      'web/App.tsx',
      /=> <img src="\.\.\/pic\/jimeng_\d+_\d+_1\.png" alt="a &quot;cat&quot; &amp; a \[dog\]" width=\{1024\} height=\{1024\} \/>/,
    );
    await window.closeEditors();
  });

  test('insert from what is told at the end', async () => {
    await window.closeNotifications();
    await window.explorer.show(); // who looks at the Tasks view is not told
    await stand('web/told.md');
    await generate(window, 'a lighthouse');
    const told = await window.notification(/4 pictures saved in pic/);
    await window.screenshot('page-told-en');
    await told.locator('.monaco-button', { hasText: 'Insert into Editor' }).click();
    await window.focused('1. jimeng_');
    await window.press('ArrowDown');
    await window.accept('2. jimeng_');
    const one = await saved('web/told.md', /!\[a lighthouse\]\(\.\.\/pic\/jimeng_\d+_\d+_2\.png\)/);
    assert.equal(one.match(/!\[/g)?.length, 1);

    await stand('web/several.md');
    await window.openJimeng();
    await window.chooseOf(await window.finishedRow(/a lighthouse\s?demo/), 'Insert into Editor');
    await window.pick('Several…');
    await window.quickInputWith('Which pictures should be inserted?'); // not the list before it
    await window.quickInput.getByText('1 Selected').waitFor();
    await window.pick('3. jimeng_');
    await window.quickInput.getByText('2 Selected').waitFor();
    await window.screenshot('page-several-en');
    await window.quickInput.getByText('OK', { exact: true }).click();
    await saved(
      'web/several.md',
      /!\[a lighthouse\]\(\.\.\/pic\/jimeng_\d+_\d+_1\.png\)\n!\[a lighthouse\]\(\.\.\/pic\/jimeng_\d+_\d+_3\.png\)/,
    );
    await window.closeEditors();
  });

  test('insert for the web: WebP of the chosen widths, and a page that chooses among them', async () => {
    await stand('web/wide.html');
    await window.explorer.show();
    await window.explorer.unfold('pic');
    await window.choose(
      await window.openSubmenu(
        window.explorer.row('cat photo.png'),
        'Jimeng',
        'Insert for the Web…',
      ),
    );
    await window.quickInputWith('Jimeng: Insert for the Web');
    await window.entry('1800 px');
    await window.screenshot('page-widths-en');
    await window.quickInput.getByText('OK', { exact: true }).click();
    const html = await saved('web/wide.html', /<img .*>/);
    assert.match(
      html,
      /<img src="\.\.\/pic\/cat%20photo-1600w\.webp" srcset="\.\.\/pic\/cat%20photo-800w\.webp 800w, \.\.\/pic\/cat%20photo-1600w\.webp 1600w" sizes="\(max-width: 1600px\) 100vw, 1600px" alt="" width="1600" height="889">/,
    );
    for (const width of [800, 1_600]) {
      const metadata = await sharp(
        join(editor.workspace, `pic/cat photo-${width}w.webp`),
      ).metadata();
      assert.deepEqual([metadata.format, metadata.width], ['webp', width]);
    }
    await window.screenshot('page-web-en');
    await window.closeEditors();
  });

  test('no page open: a sentence with what to do', async () => {
    await window.closeEditors();
    await window.openJimeng();
    await window.chooseOf(await window.taskRow(/a "cat"/), 'Insert into Editor');
    await window.notification('No page is open. Open the file, put the cursor');
  });
});

suite('pictures put to use in pages, in Chinese', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage({
      locale: 'zh-cn',
      settings,
      files: { '文档/页面.md': '![雪地里的红狐狸](图/封面.png)\n' },
    }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  test('the hint and its fix', async () => {
    const fixes = await openFixes(window, '页面.md', 14);
    await fixes.getByText('用即梦生成缺失的图片').waitFor();
    await window.screenshot('page-fix-zh');
    await fixes.getByText('用即梦生成缺失的图片').click();
    await window.value('雪地里的红狐狸');
    await window.screenshot('page-wizard-zh');
    await window.press('Escape');
  });
});
