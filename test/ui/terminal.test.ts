import type { DemoService } from '../demo-service.ts';
import type { Editor } from './driver/editor.ts';
import { raiseStage, strikeStage, tidy } from './driver/stage.ts';
import type { Window } from './driver/window.ts';

suite('a terminal of the window', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage());
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  test("has the command jimeng on its PATH, run by the editor's Node", async () => {
    await window.palette('Terminal: Create New Terminal');
    await window.page.locator('.terminal-wrapper.active .xterm-rows').waitFor();
    await window.type(
      'jimeng --help | head -n 3; jimeng tasks --api-url ' + demo.url + '; echo "ended with $?"',
    );
    await window.press('Enter');
    await window.page
      .locator('.terminal-wrapper.active .xterm-rows', {
        hasText: 'pictures and videos from Jimeng',
      })
      .waitFor();
    await window.page
      .locator('.terminal-wrapper.active .xterm-rows', { hasText: 'ended with 0' })
      .waitFor();
    await window.screenshot('terminal-en');
  });
});
