import assert from 'node:assert/strict';
import { demoService, type DemoService } from '../demo-service.ts';
import { Editor } from './driver/editor.ts';
import type { Window } from './driver/window.ts';

const session = 'cafebabecafebabecafebabecafebabe';

suite('generate an image', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    demo = await demoService({ delayMs: 1_500 });
    editor = await Editor.start({ settings: { 'jimeng.apiUrl': demo.url } });
    window = await editor.open();
  });
  suiteTeardown(async () => {
    await editor.stop();
    await demo.close();
  });

  teardown(async function () {
    if (this.currentTest?.isFailed()) { await window.screenshot(`failed-${this.currentTest.title}`); }
  });

  test('from the palette to pictures on disk', async () => {
    await window.screenshot('tasks-empty-en');
    await window.palette('Jimeng: Generate Image');
    await window.quickInputWith('Describe the picture');
    await window.type('a cute cat');
    await window.screenshot('prompt-en');
    await window.press('Enter');
    await window.quickInputWith('Session ID');
    await window.screenshot('session-en');
    await window.type(session);
    await window.press('Enter');
    await window.notification(/sending|waiting|queue|working/);
    await window.screenshot('progress-en');
    await window.notification('4 pictures');
    await window.screenshot('finished-en');
    const files = await editor.files('pic');
    assert.equal(files.length, 4);
    assert.ok(files.every(name => /^jimeng_\d{8}_\d{6}_\d\.png$/.test(name)), files.join());
    assert.match((await window.taskRows())[0]!, /a cute cat.*demo.*4 pictures/);
  });
});
