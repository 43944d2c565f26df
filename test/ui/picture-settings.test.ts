import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DemoService } from '../demo-service.ts';
import { embed } from '../../src/core/images/metadata.ts';
import { partsOf } from '../multipart.ts';
import { settings } from '../unit/output/saver.ts';
import { photo } from '../unit/convert/samples.ts';
import type { Editor } from './driver/editor.ts';
import { raiseStage, strikeStage, tidy, type Stage } from './driver/stage.ts';
import { describe, setSessionInChinese, writePrompt } from './driver/steps.ts';
import type { Window } from './driver/window.ts';

const session = 'facebeadfacebeadfacebeadfacebead';
const hostile =
  '<img src=x onerror=alert(1)> [click](command:workbench.action.quit) --> </script> $(bug) **bold**';

/** Pictures from elsewhere: one made from a photo, a hostile one, one of a camera. */
async function strangers(): Promise<Record<string, Uint8Array>> {
  const input = await photo(50, 40).png().toBuffer();
  const plain = await photo(90, 60).png().toBuffer();
  const image = { name: 'cat [1].png', sha256: createHash('sha256').update(input).digest('hex') };
  const words = `${hostile}\n${'一个很长的提示词，'.repeat(200)}`;
  return {
    'deep/folder/cat [1].png': input,
    'from-clone.png': await embed(plain, {
      ...settings,
      request: { ...settings.request, prompt: 'make it rain', resolution: '1k', images: [image] },
    }),
    'hostile.png': await embed(plain, {
      ...settings,
      request: { ...settings.request, prompt: words, model: hostile },
    }),
    'camera.png': plain,
  };
}

const lines = (window: Window) => window.page.locator('.editor-instance .view-lines').first();

async function fromExplorer(
  window: Window,
  name: string,
  ours: string,
  label: string,
  screenshot?: string,
): Promise<void> {
  await window.explorer.show();
  const entry = await window.openSubmenu(window.explorer.row(name), ours, label);
  if (screenshot !== undefined) await window.screenshot(screenshot);
  await window.choose(entry);
}

suite('settings of a picture', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage({
      session,
      settings: { 'explorer.autoReveal': false },
      files: await strangers(),
    }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  const posted = () =>
    demo.requests.filter(({ method, path }) => method === 'POST' && path.startsWith('/v1/images'));

  test('made, renamed, moved, forgotten: run again sends the same request, and nothing before it is confirmed', async () => {
    const prompt = '一只猫 🐈 "quoted" --> </script>';
    await writePrompt(window, prompt);
    await window.pick('Ratio');
    await window.pick('16:9');
    await window.pick('Resolution');
    await window.pick('1k');
    await window.pick('Negative Prompt');
    await window.quickInputWith('Negative Prompt');
    await window.type('狗');
    await window.press('Enter');
    await window.entry('狗');
    await window.pick('Generate');
    await window.notification('4 pictures saved in pic');
    await window.closeNotifications();
    const row = await window.finishedRow(/一只猫.*demo · 4 pictures/);
    await window.unfold(row);
    await window.openMenu(await window.taskRow(/^2 · \d+×\d+/), 'Run Again from This Picture');
    await window.screenshot('picture-row-menu-en');
    await window.choose(window.menu('Show Settings of This Picture'));
    await window.page.locator('.tab.active', { hasText: '.png (settings)' }).waitFor();
    await lines(window).filter({ hasText: '狗' }).waitFor();
    await window.screenshot('settings-of-demo-en');

    const [first = ''] = await editor.files('pic');
    await mkdir(join(editor.workspace, 'assets'));
    await rename(
      join(editor.workspace, 'pic', first),
      join(editor.workspace, 'assets', 'hero.png'),
    );
    await window.palette('Jimeng: Clear Finished');
    await window.tasksView.locator('.welcome-view-content').waitFor();
    await window.explorer.show();
    await window.explorer.unfold('assets');
    await window.explorer.row('hero.png').waitFor();
    await fromExplorer(
      window,
      'hero.png',
      'Jimeng',
      'Run Again from This Picture',
      'picture-menu-en',
    );
    await window.quickInputWith('Describe the picture');
    await window.value(prompt);
    await window.accept('Continue');
    await window.focused('Generate');
    await window.entry('16:9');
    await window.screenshot('run-from-picture-en');
    assert.equal(posted().length, 1);
    await window.press('Enter');
    await window.notification('4 pictures saved in pic');
    assert.equal(posted().length, 2);
    const [before, after] = demo.generationBodies();
    assert.deepEqual(after, before);
  });

  test('in another clone the input is found by what it holds; a missing one is said, and the wizard opens', async () => {
    const before = posted().length;
    await fromExplorer(window, 'from-clone.png', 'Jimeng', 'Run Again from This Picture');
    await window.quickInputWith('Describe the change');
    await window.value('make it rain');
    await window.accept('Continue');
    await window.entry('1. cat [1].png');
    await window.pick('Generate');
    await window.notification('1 picture saved in pic');
    assert.equal(posted().length, before + 1);
    const sent = await partsOf(posted().at(-1)!);
    const input = await readFile(join(editor.workspace, 'deep', 'folder', 'cat [1].png'));
    assert.deepEqual(
      sent.filter(([name]) => name === 'images'),
      [['images', `cat [1].png image/png ${createHash('sha256').update(input).digest('hex')}`]],
    );
    await rm(join(editor.workspace, 'deep'), { recursive: true });
    await window.closeNotifications();
    await fromExplorer(window, 'from-clone.png', 'Jimeng', 'Run Again from This Picture');
    await window.notification('Not in this workspace: cat [1].png');
    await window.quickInputWith('Describe the change');
    await window.accept('Continue');
    await window.quickInputWith('choose what to change');
    await window.entry('Choose 1 to 10 pictures');
    await window.screenshot('input-missing-en');
    await window.press('Enter');
    await window.focused('Pictures'); // what the refusal is about
    assert.equal(posted().length, before + 1, 'without its picture it would be another request');
  });

  test('a hostile prompt is text; a photo gets a sentence', async () => {
    await fromExplorer(window, 'hostile.png', 'Jimeng', 'Show Settings of This Picture');
    await lines(window).filter({ hasText: 'onerror=alert(1)' }).waitFor();
    await window.screenshot('settings-hostile-en');
    assert.equal(await window.page.locator('.editor-instance img').count(), 0);
    await fromExplorer(window, 'camera.png', 'Jimeng', 'Show Settings of This Picture');
    await window.notification('camera.png contains no generation settings');
    await window.screenshot('no-settings-en');
    await window.closeNotifications();
    await fromExplorer(window, 'camera.png', 'Jimeng', 'Run Again from This Picture');
    await window.notification('camera.png contains no generation settings');
  });
});

suite('settings of a picture, in Simplified Chinese and without prompts', () => {
  let stage: Stage;
  suiteSetup(async () => {
    stage = await raiseStage({
      locale: 'zh-cn',
      settings: {
        'explorer.autoReveal': false,
        'jimeng.metadata': 'noPrompt',
        'jimeng.resolution': '1k',
      },
      files: await strangers(),
    });
  });
  suiteTeardown(() => strikeStage(stage));
  teardown(function () {
    return tidy(this, stage.window);
  });

  test('shown, told, and left out', async () => {
    const { editor, window } = stage;
    await fromExplorer(window, 'hostile.png', '即梦', '查看此图的生成参数', 'picture-menu-zh');
    await lines(window).filter({ hasText: '保存程序' }).waitFor();
    await window.screenshot('settings-zh');
    await fromExplorer(window, 'camera.png', '即梦', '用此图的参数再次生成');
    await window.notification('camera.png 中没有生成参数');
    await window.screenshot('no-settings-zh');
    await window.closeNotifications();
    await setSessionInChinese(window, session);
    await window.palette('即梦: 生成图片');
    await describe(window, '描述想要的画面', 'a-secret-lighthouse', '继续');
    await window.accept('生成');
    await window.notification('4 张图片已保存到 pic');
    const names = await editor.files('pic');
    assert.equal(names.length, 4);
    for (const name of names) {
      const text = (await readFile(join(editor.workspace, 'pic', name))).toString('latin1');
      assert.ok(text.includes('"model":"jimeng-4.0"') && !text.includes('secret'), name);
    }
    await window.explorer.show();
    await window.explorer.unfold('pic');
    await fromExplorer(window, names[0] ?? '', '即梦', '用此图的参数再次生成');
    await window.entry('请先输入提示词');
    await window.screenshot('prompt-left-out-zh');
  });
});
