import assert from 'node:assert/strict';
import { demoService } from '../demo-service.ts';
import { Editor } from './driver/editor.ts';
import { generate, writePrompt } from './driver/steps.ts';
import type { Window } from './driver/window.ts';
import { freePort } from '../../scripts/code-server.mjs';

suite('no service', () => {
  let editor: Editor;
  let window: Window;
  let port: number;
  suiteSetup(async () => {
    port = await freePort();
    editor = await Editor.start({
      settings: { 'jimeng.apiUrl': `http://127.0.0.1:${port}`, 'jimeng.resolution': '1k' },
    });
    window = await editor.open();
  });
  suiteTeardown(() => editor.stop());
  teardown(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot(`failed-${this.currentTest.title}`);
    await window.closeNotifications();
  });

  test('one page with three ways out; giving up is quiet and leaves no task', async () => {
    await generate(window, 'a cat');
    await window.quickInputWith('No service answers');
    for (const way of ['Start with Docker', 'Use the Demo Service', 'Set Address'])
      await window.entry(way);
    await window.screenshot('no-service-en');
    await window.press('Escape');
    await window.quickInput.waitFor({ state: 'hidden' });
    assert.equal(await window.notificationCount(), 0);
    await window.tasksView.locator('.welcome-view-content').waitFor();
  });

  test("Docker's line waits in a terminal; it continues when the service answers", async () => {
    await generate(window, 'a cat that waits');
    await window.quickInputWith('No service answers');
    await window.pick('Start with Docker');
    await window.page.locator('.xterm-rows', { hasText: `127.0.0.1:${port}:5100` }).waitFor();
    await window.quickInputWith('Waiting for the service to answer');
    await window.screenshot('docker-en');
    const demo = await demoService({ port });
    try {
      await window.quickInputWith('Session ID');
      await window.press('Escape');
    } finally {
      await demo.close();
    }
  });

  test('another address', async () => {
    const demo = await demoService();
    try {
      await generate(window, 'a cat elsewhere');
      await window.quickInputWith('No service answers');
      await window.pick('Set Address');
      await window.quickInputWith('Address of the Service');
      await window.fill('localhost:5100 or so');
      await window.quickInput.locator('.quick-input-message', { hasText: 'http' }).waitFor();
      await window.screenshot('bad-address-en');
      await window.fill(demo.url);
      await window.press('Enter');
      await window.quickInputWith('Session ID');
      await window.press('Escape');
      assert.equal((await editor.settings())['jimeng.apiUrl'], demo.url);
    } finally {
      await demo.close();
    }
  });

  test('the demo service: pictures without a session ID, and a line that says so', async () => {
    await writePrompt(window, 'a cat of the demo');
    await window.press('Enter');
    await window.quickInputWith('No service answers');
    await window.pick('Use the Demo Service');
    await window.notification('4 pictures saved in pic, made by the demo service');
    await window.tasksView.getByText('The demo service is in use').waitFor();
    await window.screenshot('demo-en');
    assert.equal((await editor.files('pic')).length, 4);
    await window.closeNotifications();

    await generate(window, 'another cat of the demo');
    await window.notification('4 pictures saved in pic');
    await window.reload();
    await window.tasksView.getByText('The demo service is in use').waitFor();
    await window.palette('Jimeng: Stop Using the Demo Service');
    await window.tasksView.getByText('The demo service is in use').waitFor({ state: 'hidden' });
  });
});
