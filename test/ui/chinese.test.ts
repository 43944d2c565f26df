import assert from 'node:assert/strict';
import { demoService, type DemoService } from '../demo-service.ts';
import { Editor } from './driver/editor.ts';
import type { Window } from './driver/window.ts';

suite('in Simplified Chinese, on a stock service', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    demo = await demoService({ kind: 'stock', delayMs: 2_000 });
    editor = await Editor.start({ locale: 'zh-cn', settings: { 'jimeng.apiUrl': demo.url } });
    window = await editor.open();
  });
  suiteTeardown(async () => {
    await editor.stop();
    await demo.close();
  });
  teardown(async function () {
    if (this.currentTest?.isFailed()) { await window.screenshot(`failed-zh-${this.currentTest.title}`); }
    await window.closeNotifications();
  });

  test('from the palette to pictures on disk', async () => {
    await window.screenshot('tasks-empty-zh');
    await window.palette('即梦: 生成图片');
    await window.quickInputWith('描述想要的画面');
    await window.type('星空下的灯塔');
    await window.focused('继续');
    await window.screenshot('prompt-zh');
    await window.press('Enter');
    await window.focused('生成');
    await window.screenshot('options-zh');
    await window.press('Enter');
    await window.quickInputWith('会话 ID');
    await window.screenshot('session-zh');
    await window.type('deadbeefdeadbeefdeadbeefdeadbeef');
    await window.press('Enter');
    await window.focused('中国');
    await window.screenshot('region-zh');
    await window.press('Enter');
    await window.notification('等待出图');
    await window.screenshot('progress-zh');
    await window.notification('4 张图片已保存到 pic');
    await window.screenshot('finished-zh');
    assert.equal((await editor.files('pic')).length, 4);
    await window.taskRow(/星空下的灯塔\s?演示 · 4 张图片/);
    assert.deepEqual(demo.generationBodies(), [{ model: 'jimeng-4.0', prompt: '星空下的灯塔', ratio: '1:1', resolution: '2k', response_format: 'url' }]);
  });

  test('options and an error', async () => {
    await window.palette('即梦: 设置会话 ID');
    await window.quickInputWith('会话 ID');
    await window.type('expired-0123456789');
    await window.press('Enter');
    await window.focused('中国');
    await window.press('Enter');
    await window.notification('已保存会话 ID');
    await window.palette('即梦: 生成图片');
    await window.quickInputWith('描述想要的画面');
    await window.type('一只猫，连续的三张');
    await window.focused('继续');
    await window.press('Enter');
    await window.pick('分辨率');
    await window.pick('4k');
    await window.entry('4096×4096');
    await window.screenshot('options-changed-zh');
    await window.pick('生成');
    await window.notification('会话已过期');
    await window.screenshot('expired-zh');
    const row = await window.taskRow(/一只猫，连续的三张/);
    await row.click({ button: 'right' });
    await window.page.locator('.monaco-menu .action-label', { hasText: '编辑后再次运行' }).waitFor();
    await window.screenshot('task-menu-zh');
    await window.press('Escape');
    await row.hover();
    await window.page.locator('.monaco-hover', { hasText: '会话已过期' }).waitFor();
    await window.screenshot('tooltip-zh');
  });
});
