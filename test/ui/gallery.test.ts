import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { FrameLocator, Locator } from 'playwright-core';
import type { DemoService } from '../demo-service.ts';
import { embed } from '../../src/core/images/metadata.ts';
import { settings } from '../unit/output/saver.ts';
import type { Editor } from './driver/editor.ts';
import { countShown, galleryPage } from './driver/gallery-page.ts';
import { editorsRemembered } from './driver/remembered.ts';
import { raiseStage, strikeStage, tidy } from './driver/stage.ts';
import { describe, generate } from './driver/steps.ts';
import type { Window } from './driver/window.ts';

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

const session = 'facebeadfacebeadfacebeadfacebead';
const hostile =
  '<img src=x onerror="document.title=1"> --> </script><script>document.title=2</script> [x](command:workbench.action.quit)';

/** Pictures of three requests, one of a camera, a damaged one and a video. */
async function pictures(): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  const add = async (stem: string, prompt: string, colors: string[], shape: [number, number]) => {
    for (const [index, background] of colors.entries()) {
      const png = await sharp({
        create: { width: shape[0], height: shape[1], channels: 3, background },
      })
        .png()
        .toBuffer();
      files[`pic/${stem}_${index + 1}.png`] = await embed(png, {
        ...settings,
        time: `2026-01-02T03:04:0${Object.keys(files).length}.000Z`.replace(
          /0\d\.000Z$/,
          `${stem.slice(-2)}.000Z`,
        ),
        request: { ...settings.request, prompt },
      });
    }
  };
  await add(
    'jimeng_20260102_030401',
    '雪地里的红狐狸',
    ['#b33', '#c52', '#d71', '#e90'],
    [640, 360],
  );
  await add(
    'jimeng_20260102_030402',
    'a lighthouse in a storm, in the style of an old poster',
    ['#135', '#246', '#357', '#468'],
    [400, 400],
  );
  await add('jimeng_20260102_030403', hostile, ['#484'], [300, 500]);
  files['pic/photos/camera.jpg'] = await sharp({
    create: {
      width: 900,
      height: 600,
      channels: 3,
      background: '#998',
      noise: { type: 'gaussian', mean: 120, sigma: 40 },
    },
  })
    .jpeg()
    .toBuffer();
  files['pic/damaged.png'] = files['pic/jimeng_20260102_030401_1.png']!.subarray(0, 200);
  return files;
}

suite('the gallery', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage({
      session,
      settings: { 'jimeng.resolution': '1k' },
      files: { 'index.md': '# A page\n\n', ...(await pictures()) },
    }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  const page = (): FrameLocator => galleryPage(window);
  const tile = (name: string | RegExp): Locator => page().getByRole('option', { name }).first();
  const shown = (count: number, patience?: number) => countShown(window, count, patience);
  const button = (name: string | RegExp): Locator =>
    page().locator('.action-bar').getByRole('button', { name });
  const clearSelection = () => button('Clear Selection').click();

  test('opens on the pictures of the workspace, variations side by side', async () => {
    await window.openFile('index.md');
    await window.palette('Jimeng: Open Gallery');
    await shown(11);
    await page().locator('img.loaded').nth(8).waitFor();
    await page().locator('.broken').waitFor();
    await window.screenshot('gallery-en');
    const [first, second] = [
      await tile(/old poster, variation 1/).boundingBox(),
      await tile(/old poster, variation 2/).boundingBox(),
    ];
    assert.equal(first?.y, second?.y);
    await tile(/damaged or is not a picture/).waitFor();
  });

  test('a prompt is shown as plain text', async () => {
    await tile(/onerror/).dblclick();
    await page().getByRole('dialog').getByText(hostile).first().waitFor();
    await window.screenshot('gallery-hostile-en');
    assert.equal(await page().locator('img[src="x"]').count(), 0);
    assert.equal(await page().locator('html').evaluate('document.title'), '');
    await window.press('Escape');
    await page().getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('search finds prompts, and shows how many', async () => {
    await tile(/onerror/).click();
    await window.press('/');
    await page().locator('input:focus').fill('红狐狸');
    await shown(4);
    await window.screenshot('gallery-search-en');
    await page().getByRole('button', { name: 'Clear Search' }).click();
    await shown(11);
  });

  test('full size, by the keyboard alone: on, zoomed, kept', async () => {
    await tile(/红狐狸, variation 1/).click();
    await window.press('Enter');
    const dialog = page().getByRole('dialog');
    await dialog.getByText('jimeng_20260102_030401_1.png').first().waitFor();
    await dialog.locator('.percent').waitFor();
    const before = await dialog.locator('.percent').innerText();
    await window.press('+');
    await dialog.locator('.percent', { hasNotText: before }).waitFor();
    await window.screenshot('gallery-full-en');
    await window.press('ArrowRight');
    await dialog.getByText('jimeng_20260102_030401_2.png').first().waitFor();
    await window.press('k');
    await dialog.getByText('jimeng_20260102_030401_3.png').first().waitFor();
    await window.press('Escape');
    await tile(/红狐狸, variation 2.*kept/).waitFor();
  });

  /** There is no trash on a server: it is asked first. */
  const answerDelete = async (question: string, answer: string) => {
    const dialog = window.page.locator('.monaco-dialog-box');
    await dialog.getByText(question).waitFor();
    await window.screenshot(`gallery-delete-${answer === 'Cancel' ? 'no' : 'yes'}-en`);
    await dialog.getByText(answer, { exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  };

  test('deleted after a question where there is no trash, and not without consent', async () => {
    await tile(/红狐狸, variation 4/).click();
    await window.press('x');
    await answerDelete('Delete the file permanently?', 'Cancel');
    await shown(11);
    assert.ok((await editor.files('pic')).includes('jimeng_20260102_030401_4.png'));
    await button('Delete').click();
    await answerDelete('Delete the file permanently?', 'Delete Permanently');
    await shown(10);
    assert.ok(!(await editor.files('pic')).includes('jimeng_20260102_030401_4.png'));
    await page().locator('.notice', { hasText: 'The file was deleted permanently.' }).waitFor();
    await window.screenshot('gallery-deleted-en');
  });

  test('keep only this deletes the other variations', async () => {
    await tile(/old poster, variation 3/).click();
    await button('Keep Only This').click();
    await answerDelete('Delete 3 files permanently?', 'Delete Permanently');
    await shown(7);
    await tile(/old poster.*kept/).waitFor();
    const left = (await editor.files('pic')).filter(name => name.includes('030402'));
    assert.deepEqual(left, ['jimeng_20260102_030402_3.png']);
    await page().getByRole('radio', { name: /Kept/ }).check();
    await shown(2);
    await page().getByRole('radio', { name: /All/ }).check();
    await shown(7);
  });

  test('two side by side', async () => {
    await tile(/红狐狸, variation 1/).click();
    await tile(/红狐狸, variation 3/).click({ modifiers: ['Control'] });
    const [bar, label] = [
      await page().locator('.action-bar').boundingBox(),
      await button('Compare').locator('.label').boundingBox(),
    ];
    assert.ok(
      bar && label && label.y >= bar.y && label.y + label.height <= bar.y + bar.height,
      'the label is within the bar',
    );
    await window.press('c');
    await page().getByRole('dialog').locator('img').nth(1).waitFor();
    await window.screenshot('gallery-compare-en');
    await window.press('Escape');
    await clearSelection();
  });

  test('into the page that was open before, with the prompt', async () => {
    await tile(/old poster/).click({ button: 'right' });
    await window.menu('Insert into Editor').waitFor();
    await window.screenshot('gallery-menu-en');
    await window.choose(window.menu('Insert into Editor'));
    await window.page.locator('.view-line', { hasText: '![a lighthouse in a storm' }).waitFor();
    await window.palette('Jimeng: Open Gallery');
    await shown(7);
  });

  test('its menu is the editor\'s own: by the mouse, by the keyboard, and by "More Actions…"', async () => {
    await tile(/红狐狸, variation 1/).click({ button: 'right' });
    await window.menu('Full Size').waitFor();
    assert.equal(await window.menu('Compare').count(), 0);
    await window.closeMenu();
    await tile(/红狐狸, variation 1/).click();
    await tile(/红狐狸, variation 3/).click({ modifiers: ['Control'] });
    await window.press('Shift+F10');
    await window.menu('Compare').waitFor();
    assert.equal(await window.menu('Full Size').count(), 0);
    await window.screenshot('gallery-menu-two-en');
    await window.closeMenu();
    await button('More Actions…').click();
    await window.menu('No Longer Keep').waitFor({ state: 'detached' });
    await window.choose(window.menu('Keep'));
    await tile(/红狐狸, variation 3.*kept/).waitFor();
    await clearSelection();
  });

  test('new pictures appear', async () => {
    await generate(window, 'a new cat');
    await shown(11);
    await tile(/a new cat, variation 4/).waitFor();
  });

  test('a reload keeps its state', async () => {
    await page().getByRole('listbox').focus();
    await window.press('Control+f');
    await page().locator('input:focus').fill('a new cat');
    await shown(4);
    await tile(/a new cat/).click();
    await editorsRemembered(window, /a new cat/);
    await window.reload();
    await page().getByRole('listbox').waitFor();
    await shown(4);
    await tile(/a new cat/).waitFor();
    await window.screenshot('gallery-reloaded-en');
  });
});

suite('the gallery, in a pane smaller than its pictures', () => {
  const sizes = { square: [2048, 2048], wide: [2560, 1440], tall: [1440, 2560] } as const;
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    const files: Record<string, Uint8Array> = {
      'pic/video.mp4': await readFile(new URL('../../src/demo/clips/16x9.mp4', import.meta.url)),
    };
    for (const [name, [width, height]] of Object.entries(sizes))
      files[`pic/${name}.png`] = await sharp({
        create: { width, height, channels: 3, background: '#486' },
      })
        .png()
        .toBuffer();

    ({ demo, editor, window } = await raiseStage({ files }));
    await window.palette('Jimeng: Open Gallery');
    await countShown(window, 4);
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  const page = (): FrameLocator => galleryPage(window);
  const tile = (name: string): Locator =>
    page()
      .getByRole('option', { name: new RegExp(name) })
      .first();
  /** Where a picture is drawn, and the room for it; each side in CSS pixels. */
  const drawn = async (stage: Locator): Promise<{ picture: Box; room: Box }> => {
    await stage.locator('img.picture, video').waitFor();
    await page().locator('.stage.loading').waitFor({ state: 'detached' });
    const [picture, room] = [
      await stage.locator('img.picture, video').boundingBox(),
      await stage.boundingBox(),
    ];
    assert.ok(picture && room);
    return { picture, room };
  };
  const close = async () => {
    await window.press('Escape');
    await page().getByRole('dialog').waitFor({ state: 'detached' });
  };
  const assertFits = (
    { picture, room }: { picture: Box; room: Box },
    [width, height]: readonly [number, number],
  ) => {
    const scale = Math.min(1, room.width / width, room.height / height);
    assert.ok(scale < 1, 'the pane is smaller than the picture');
    assert.deepEqual(
      [Math.round(picture.width), Math.round(picture.height)],
      [Math.round(width * scale), Math.round(height * scale)],
    );
    assert.ok(
      Math.abs(picture.x + picture.width / 2 - room.x - room.width / 2) < 1 &&
        Math.abs(picture.y + picture.height / 2 - room.y - room.height / 2) < 1,
      'in the middle',
    );
  };

  for (const [name, size] of Object.entries(sizes)) {
    test(`${size.join('×')} keeps its shape, as a whole and at 100 %`, async () => {
      await tile(name).dblclick();
      const stage = page().getByRole('dialog').locator('.stage');
      assertFits(await drawn(stage), size);
      await window.screenshot(`gallery-${name}-en`);
      await window.press('1');
      await page().getByText('100 %').waitFor();
      const { picture } = await drawn(stage);
      assert.deepEqual([Math.round(picture.width), Math.round(picture.height)], size);
      await close();
    });
  }

  test('two of different shapes side by side keep theirs', async () => {
    await tile('square').click();
    await tile('tall').click({ modifiers: ['Control'] });
    await window.press('c');
    for (const [name, size] of [
      ['square', sizes.square],
      ['tall', sizes.tall],
    ] as const)
      assertFits(await drawn(page().getByRole('region', { name }).locator('.stage')), size);

    await window.screenshot('gallery-compare-shapes-en');
    await close();
  });

  test('a video fills the room', async () => {
    await tile('video').dblclick();
    const { picture, room } = await drawn(page().getByRole('dialog').locator('.stage'));
    assert.deepEqual([picture.width, picture.height], [room.width, room.height]);
    await window.screenshot('gallery-video-en');
    await close();
  });
});

suite('the gallery, light and in Chinese', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage({
      locale: 'zh-cn',
      files: await pictures(),
      settings: { 'workbench.colorTheme': 'Default Light Modern' },
    }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  test('its words, and a picture in full size', async () => {
    await window.palette('即梦: 打开图库');
    const page = galleryPage(window);
    await page.locator('img.loaded').nth(8).waitFor();
    await page
      .getByRole('option', { name: /红狐狸/ })
      .first()
      .click();
    await page.getByRole('button', { name: '删除' }).first().waitFor();
    await window.screenshot('gallery-zh');
    await window.press('Enter');
    await page.getByRole('dialog').locator('img').first().waitFor();
    const facts = await page.locator('.facts').innerText();
    assert.match(facts, /尺寸\s+640 × 360/);
    assert.match(facts, /大小\s+\d/);
    await window.screenshot('gallery-full-zh');
    await window.press('Escape');
  });
});

suite('the gallery, in high contrast, of a project without pictures', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage({
      session,
      settings: { 'workbench.colorTheme': 'Default High Contrast', 'jimeng.resolution': '1k' },
    }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  test('says so, leads to the first ones, and shows them', async () => {
    await window.palette('Jimeng: Open Gallery');
    const page = galleryPage(window);
    await page.getByText('There are no pictures in pic yet.').waitFor();
    await window.screenshot('gallery-empty-hc');
    await page.getByRole('button', { name: 'Generate Image' }).click();
    await describe(window, 'Describe the picture', 'a first cat');
    await window.accept('Generate');
    await page.getByRole('option', { name: /a first cat, variation 4/ }).waitFor();
    await page.locator('img.loaded').nth(3).waitFor();
    await window.screenshot('gallery-hc');
  });
});

suite('the gallery of two thousand pictures', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage({ files: await thousands() }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  test('from the first to the last by the keyboard, and found among all', async () => {
    await window.palette('Jimeng: Open Gallery');
    const page = galleryPage(window);
    await countShown(window, 2_000);
    await page.locator('.reading', { hasText: /^$/ }).waitFor({ state: 'attached' });
    const first = page.getByRole('option').first();
    const name = (await first.getAttribute('aria-label')) ?? '';
    await first.click();
    await window.press('End');
    await page.getByRole('option', { name, exact: true }).waitFor({ state: 'detached' }); // far out of sight
    await page.getByRole('option').last().locator('img.loaded').waitFor();
    await window.screenshot('gallery-thousands-en');
    assert.ok(
      (await page.getByRole('option').count()) < 200,
      'only those near what is in sight are in the page',
    );
    await window.press('/');
    await page.locator('input:focus').fill('number 123');
    await countShown(window, 4);
    await page
      .getByRole('option', { name: /number 123, variation 2/ })
      .locator('img.loaded')
      .waitFor();
  });
});

/** Of 500 tasks. */
async function thousands(): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#678' } })
    .png()
    .toBuffer();
  for (let task = 1; task <= 500; task++) {
    const picture = await embed(png, {
      ...settings,
      time: new Date(Date.UTC(2026, 0, 1) + task * 60_000).toISOString(),
      request: { ...settings.request, prompt: `number ${task}` },
    });
    for (let index = 1; index <= 4; index++)
      files[`pic/jimeng_20260101_${String(task).padStart(6, '0')}_${index}.png`] = picture;
  }
  return files;
}
