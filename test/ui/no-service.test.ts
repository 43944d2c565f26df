import { Editor } from './driver/editor.ts';
import type { Window } from './driver/window.ts';

suite('no service', () => {
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    editor = await Editor.start({ settings: { 'jimeng.apiUrl': 'http://127.0.0.1:9' } });
    window = await editor.open();
  });
  suiteTeardown(() => editor.stop());

  test('a sentence and buttons, and no task; Docker\'s line waits in a terminal', async () => {
    await window.palette('Jimeng: Generate Image');
    await window.quickInputWith('Describe the picture');
    await window.type('a cat');
    await window.entry('Generate');
    await window.press('Enter');
    await window.quickInputWith('Session ID');
    await window.type('cafebabecafebabecafebabecafebabe');
    await window.press('Enter');
    const toast = await window.notification('No service answers');
    await toast.locator('.monaco-button', { hasText: 'Set Address' }).waitFor();
    await window.screenshot('no-service-en');
    await window.tasksView.locator('.welcome-view-content').waitFor();
    await toast.locator('.monaco-button', { hasText: 'Start with Docker' }).click();
    await window.page.locator('.xterm-rows', { hasText: '127.0.0.1:5100:5100' }).waitFor();
    await window.screenshot('docker-en');
  });
});
