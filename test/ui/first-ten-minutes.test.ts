import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { composeFileName } from '../../src/core/service/docker.ts';
import { freePort } from '../../scripts/code-server.mjs';
import { demoService } from '../demo-service.ts';
import { scriptedService } from '../scripted-service.ts';
import { Editor } from './driver/editor.ts';
import { tidy } from './driver/stage.ts';
import { describe, generate, setSession, writePrompt } from './driver/steps.ts';
import type { Window } from './driver/window.ts';

/** A service that is no demo, and refuses what is asked of it with a number that nobody knows. */
const mysterious = {
  'GET /': [
    { service: 'jimeng-api', version: '1.6.3', endpoints: { images: '/v1/images/generations' } },
  ],
  'POST /token/check': [{ live: true }],
  'POST /token/points': [[{ points: { totalCredit: 12 } }]],
  'POST /v1/images/generations': [
    { code: -2007, message: '图像生成失败，状态码: 30，错误码: 98765', data: null },
  ],
};

suite('the first ten minutes', () => {
  let editor: Editor;
  let window: Window;
  let port: number;
  suiteSetup(async () => {
    port = await freePort();
    editor = await Editor.start({ settings: { 'jimeng.apiUrl': `http://127.0.0.1:${port}` } });
    window = await editor.open({ width: 1_500, height: 900 });
  });
  suiteTeardown(() => editor.stop());
  teardown(function () {
    return tidy(this, window);
  });

  const address = async (url: string) => {
    await window.palette('Jimeng: Set Address of the Service');
    await window.quickInputWith('Address of the Service');
    await window.fill(url);
    await window.press('Enter');
    await window.notification(url);
  };

  test('from the walkthrough to a first picture of the demo, in fewer than ten actions', async () => {
    assert.equal(await window.walkthrough.page.count(), 0, 'it does not open by itself');
    let actions = 0;
    const act = (action: Promise<unknown>) => {
      actions++;
      return action;
    };
    await act(window.palette('Jimeng: Get Started'));
    await window.walkthrough.step('Set up a service').waitFor();
    await window.walkthrough.pictureDrawn();
    await window.screenshot('walkthrough-service-en');
    await act(window.walkthrough.button('Start Service').click());
    await window.quickInputWith('Where should the pictures come from');
    await window.screenshot('start-service-en');
    await act(window.pick('Use the Demo Service'));
    await window.notification('The demo service is in use');
    await window.walkthrough.done('Set up a service');
    await act(window.walkthrough.step('The first picture').click());
    await act(window.walkthrough.button('Generate Image').click());
    actions++; // the prompt, and Enter below
    await act(describe(window, 'Describe the picture', 'a lighthouse'));
    await act(window.accept('Generate'));
    await window.notification('4 pictures saved in pic, made by the demo service');
    await window.walkthrough.done('The first picture');
    assert.equal((await editor.files('pic')).length, 4);
    assert.ok(actions < 10, String(actions));
    await window.screenshot('walkthrough-picture-en');
  });

  test('the other steps have their pictures', async () => {
    await window.palette('Jimeng: Get Started');
    for (const [title, name] of [
      ['Your session ID', 'session'],
      ['Pictures from pictures', 'transform'],
      ['Let agents make pictures', 'agents'],
    ] as const) {
      await window.walkthrough.step(title).click();
      await window.walkthrough
        .button(/Set Session ID|Transform Image|What Agents Can Do/)
        .waitFor();
      await window.walkthrough.pictureDrawn();
      await window.screenshot(`walkthrough-${name}-en`);
    }
  });

  test('a diagnosis with the demo in use: a line for each thing, and a report without secrets', async () => {
    await window.palette('Jimeng: Diagnose');
    await window.quickInputWith('No problems found');
    await window.focused('The demo service is in use');
    await window.screenshot('diagnose-demo-en');
    await window.pick('Copy Report');
    const report = await window.copied('Service: ');
    for (const thing of [
      'Service',
      'Tasks',
      'Webhooks',
      'Session ID',
      'Port',
      'Proxy',
      'Output Folder',
      'Versions',
    ])
      assert.match(report, new RegExp(`^[✓!] ${thing}: `, 'm'));
    assert.match(report, /^! Service: The demo service is in use/m);
    assert.match(report, /^✓ Output Folder: Pictures can be saved in .*pic/m);
    assert.match(report, /^✓ Versions: Jimeng \d.* \d+\.\d+\.\d+/m);
    await window.palette('Jimeng: Diagnose');
    await window.quickInputWith('No problems found');
    await window.pick('Stop Using It');
    await window.openJimeng();
    await window.tasksView.getByText('The demo service is in use').waitFor({ state: 'hidden' });
  });

  test('without a service the problem stands first, and its fix leads to the ways to one', async () => {
    await window.palette('Jimeng: Diagnose');
    await window.quickInputWith('2 problems found');
    await window.focused('No service answers');
    await window.screenshot('diagnose-no-service-en');
    await window.press('Enter');
    await window.quickInputWith('Where should the pictures come from');
  });

  test('the compose file is kept where the person wants it, its line waits in a terminal, and a changed one is not overwritten', async () => {
    const file = join(editor.workspace, composeFileName);
    const start = async () => {
      await window.palette('Jimeng: Start Service');
      await window.pick('Start the Task Service with Redis');
      await window.chooseFolder(editor.workspace);
    };
    await start();
    await window.page
      .locator('.xterm-rows', { hasText: 'docker compose -p jimeng-api -f' })
      .waitFor();
    await window.page.locator('.tab.active', { hasText: composeFileName }).waitFor();
    await window.screenshot('compose-en');
    const text = await readFile(file, 'utf8');
    assert.ok(text.includes(`"127.0.0.1:${port}:5100"`));
    await writeFile(file, `${text}# mine\n`);
    await start();
    await window.notification('already exists and is used as it is');
    await window.page.locator('.terminal-tabs-entry').nth(1).waitFor();
    await window.page
      .locator('.xterm-rows:visible', { hasText: 'docker compose -p jimeng-api -f' })
      .waitFor();
    assert.equal(await readFile(file, 'utf8'), `${text}# mine\n`);
  });

  test('what the demo drew is not sent to a service that spends credits without a word', async () => {
    const real = await scriptedService(mysterious);
    try {
      await address(real.url);
      await window.answer('The stock service answers', 'Diagnose');
      await window.quickInputWith('1 problem found');
      await window.focused('A session ID is needed');
      await window.press('Escape');
      await window.openJimeng();
      await window.chooseOf(await window.taskRow('a lighthouse'), 'Run Again');
      const dialog = window.page.locator('.monaco-dialog-box', {
        hasText: 'Spend credits on "a lighthouse"?',
      });
      await dialog.waitFor();
      await window.screenshot('demo-to-real-en');
      await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      assert.equal(real.count('/v1/images/generations'), 0);
    } finally {
      await real.close();
    }
  });

  test('a number that nobody knows is shown, with a report to copy', async () => {
    const real = await scriptedService(mysterious);
    try {
      await address(real.url);
      await setSession(window, '0123456789abcdef0123456789abcdef');
      await generate(window, 'a cat of an unknown number');
      const toast = await window.notification('98765');
      await window.screenshot('unknown-number-en');
      await toast.locator('.monaco-button', { hasText: 'Copy Report' }).click();
      const report = await window.copied('"failure"');
      assert.match(report, /"upstream": "98765"/);
      assert.match(report, /"versions": "Jimeng \d/);
      assert.ok(!report.includes('0123456789abcdef'));
    } finally {
      await real.close();
    }
  });

  test('credits: asked on demand, and shown with their time', async () => {
    const demo = await demoService();
    try {
      await address(demo.url);
      await window.palette('Jimeng: Check Credits');
      await window.notification('10000 credits');
      await generate(window, 'a cat with a price');
      await window.notification('4 pictures saved in pic');
      const asked = () => demo.requests.filter(({ path }) => path === '/token/points').length;
      assert.equal(asked(), 1);
      await writePrompt(window, 'what did it cost?');
      await window.pick('10,000 (just now)');
      await window.entry('9,999 (just now)');
      await window.screenshot('credits-en');
      assert.equal(asked(), 2);
      await window.press('Escape');
      await window.palette('Jimeng: Claim Daily Credits');
      await window.notification('only when none are left');
      await window.screenshot('claim-en');
    } finally {
      await demo.close();
    }
  });

  test('the session ID stands in nothing that was written', async () => {
    const written = await editor.written();
    assert.deepEqual(
      written
        .filter(({ content }) => content.includes('0123456789abcdef0123456789abcdef'))
        .map(({ path }) => path),
      [],
    );
  });
});

suite('the first ten minutes, in Simplified Chinese', () => {
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    editor = await Editor.start({
      locale: 'zh-cn',
      settings: {
        'jimeng.apiUrl': `http://127.0.0.1:${await freePort()}`,
        'workbench.colorTheme': 'Default Light Modern',
      },
    });
    window = await editor.open({ width: 1_500, height: 900 });
  });
  suiteTeardown(() => editor.stop());
  teardown(function () {
    return tidy(this, window);
  });

  test('walkthrough, ways to a service, diagnosis', async () => {
    await window.palette('即梦: 快速上手');
    await window.walkthrough.step('准备生成服务').waitFor();
    await window.walkthrough.pictureDrawn();
    await window.screenshot('walkthrough-service-zh');
    for (const [title, name] of [
      ['设置会话 ID', 'session'],
      ['生成第一张图片', 'picture'],
      ['以图生图', 'transform'],
      ['让智能体生成图片', 'agents'],
    ] as const) {
      await window.walkthrough.step(title).click();
      await window.walkthrough.pictureDrawn();
      await window.screenshot(`walkthrough-${name}-zh`);
    }
    await window.palette('即梦: 启动服务');
    await window.quickInputWith('用哪个服务生成图片');
    await window.screenshot('start-service-zh');
    await window.press('Escape');
    await window.palette('即梦: 诊断');
    await window.quickInputWith('发现 2 个问题');
    await window.focused('服务没有响应');
    await window.screenshot('diagnose-no-service-zh');
    await window.press('Escape');
    await window.palette('即梦: 使用演示服务');
    await window.notification('已启用演示服务');
    await window.palette('即梦: 检查服务');
    await window.notification('该服务支持任务');
    await window.screenshot('check-service-zh');
    await window.closeNotifications();
    await window.palette('即梦: 诊断');
    await window.quickInputWith('没有发现问题');
    await window.screenshot('diagnose-demo-zh');
  });
});
