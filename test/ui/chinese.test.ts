import assert from 'node:assert/strict';
import type { DemoService } from '../demo-service.ts';
import type { Editor } from './driver/editor.ts';
import { raiseStage, strikeStage, tidy } from './driver/stage.ts';
import { describe, setSessionInChinese, typePrompt } from './driver/steps.ts';
import type { Window } from './driver/window.ts';

suite('in Simplified Chinese, on a stock service', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage({
      service: { kind: 'stock', delayMs: 8_000 },
      locale: 'zh-cn',
    }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  test('from the palette to pictures on disk', async () => {
    await window.screenshot('tasks-empty-zh');
    await window.palette('即梦: 生成图片');
    await typePrompt(window, '描述想要的画面', '星空下的灯塔', '继续');
    await window.screenshot('prompt-zh');
    await window.press('Enter');
    await window.focused('生成');
    await window.screenshot('options-zh');
    await window.press('Enter');
    await window.quickInputWith('会话 ID');
    await window.screenshot('session-zh');
    await window.type('deadbeefdeadbeefdeadbeefdeadbeef');
    await window.press('Enter');
    await window.focused('国内');
    await window.screenshot('region-zh');
    const seen = async (text: string, name: string) => {
      await window.notification(text);
      await window.screenshot(name);
    };
    // Each is gone after some seconds: on a slow machine while something else is photographed.
    await Promise.all([
      seen('等待结果', 'progress-zh'),
      seen('4 张图片已保存到 pic', 'finished-zh'),
      window.press('Enter'),
    ]);
    assert.equal((await editor.files('pic')).length, 4);
    await window.taskRow(/星空下的灯塔\s?演示 · 4 张图片/);
    assert.deepEqual(demo.generationBodies(), [
      {
        model: 'jimeng-4.0',
        prompt: '星空下的灯塔',
        ratio: '1:1',
        resolution: '2k',
        response_format: 'url',
      },
    ]);
  });

  test('options and an error', async () => {
    await setSessionInChinese(window, 'expired-0123456789');
    await window.palette('即梦: 生成图片');
    await describe(window, '描述想要的画面', '一只猫，连续的三张', '继续');
    await window.pick('分辨率');
    await window.pick('4k');
    await window.entry('4096×4096');
    await window.screenshot('options-changed-zh');
    await window.pick('生成');
    await window.notification('会话已过期');
    await window.screenshot('expired-zh');
    const row = await window.taskRow(/一只猫，连续的三张/);
    await window.openMenu(row, '编辑后再次运行');
    await window.screenshot('task-menu-zh');
    await window.press('Escape');
    await window.hoverUntil(row, window.page.locator('.monaco-hover', { hasText: '会话已过期' }));
    await window.screenshot('tooltip-zh');
  });

  test('the queue, the session IDs, pictures from pictures, the address', async () => {
    await window.palette('即梦: 暂停');
    await window.tasksView.getByText('队列已暂停').waitFor();
    await window.screenshot('paused-zh');
    await window.palette('即梦: 继续');
    await window.tasksView.getByText('队列已暂停').waitFor({ state: 'hidden' });
    await window.palette('即梦: 切换会话 ID');
    await window.entry('••••6789 · 使用中');
    await window.screenshot('switch-session-zh');
    await window.press('Escape');
    await window.explorer.show();
    await window.explorer.unfold('pic');
    await window.explorer.openPicture('.png');
    await window.page
      .locator('.editor-actions .action-label[aria-label*="以图生图"]')
      .first()
      .click();
    await describe(window, '描述想要的变化', '改成水彩', '继续');
    await window.pick('1. jimeng_');
    await window.entry('通过地址添加');
    await window.screenshot('pictures-zh');
    await window.press('Escape');
    await window.palette('即梦: 生成视频');
    await describe(window, '描述想要的视频', '海浪拍打礁石', '继续');
    await window.pick('时长');
    await window.pick('12 秒');
    await window.pick('模型');
    await window.pick('jimeng-video-3.0 ');
    await window.entry('支持的时长为 5, 10 秒，不支持 12 秒');
    await window.screenshot('video-zh');
    await window.press('Escape');
    await window.palette('即梦: 设置服务地址');
    await window.quickInputWith('服务地址');
    await window.fill('http://127.0.0.1:5101');
    await window.screenshot('address-zh');
    await window.press('Escape');
  });
});
