import assert from 'node:assert/strict';
import type { DemoService } from '../demo-service.ts';
import type { Editor } from './driver/editor.ts';
import { raiseStage, strikeStage, tidy } from './driver/stage.ts';
import { enterSession, generate, setSession } from './driver/steps.ts';
import type { Window } from './driver/window.ts';

const china = '11112222333344445555666677778888';
const japan = '99990000aaaabbbbccccddddeeeeffff';

suite('session IDs', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage({ settings: { 'jimeng.resolution': '1k' } }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  /** Whose credits the last generation spent. */
  const payer = () =>
    demo.requests.filter(({ path }) => path.endsWith('/generations')).at(-1)?.session;

  test('one expired is told before anything is generated', async () => {
    await generate(window, 'a cat');
    await window.quickInputWith('Session ID');
    assert.equal(
      await window.page.locator('.quick-input-widget input').getAttribute('type'),
      'password',
    );
    await window.type('two words');
    await window.press('Enter');
    await window.quickInput.locator('.quick-input-message', { hasText: 'session ID' }).waitFor();
    await window.screenshot('session-bad-en');
    await window.fill('jp-expired-0123456789');
    await window.press('Enter');
    const warning = await window.notification('The site does not accept this session ID');
    await warning.locator('.monaco-button', { hasText: 'Generate Anyway' }).waitFor();
    await window.screenshot('session-expired-en');
    assert.equal(demo.service.generations, 0);
    await warning.locator('.monaco-button', { hasText: 'Update Session ID' }).click();
    await enterSession(window, `Cookie: uid=7; sessionid=jp-${japan}; theme=dark`);
    await window.notification('4 pictures saved');
    assert.equal(payer(), 'jp-••••ffff');
  });

  test('a bare one asks for its region, and one is kept for each', async () => {
    await setSession(window, china, 'The session ID ••••8888 (China) was saved');
    await generate(window, 'a cat in China');
    await window.notification('4 pictures saved');
    assert.equal(payer(), '••••8888');

    await window.palette('Jimeng: Switch Session ID');
    await window.quickInputWith('Which session ID should be used');
    await window.entry('••••8888 · in use');
    await window.screenshot('switch-session-en');
    await window.pick('Japan');
    await window.closeNotifications();
    await generate(window, 'a cat in Japan');
    await window.notification('4 pictures saved');
    assert.equal(payer(), 'jp-••••ffff');
  });

  test('a change in another window is noticed, and a reload offered', async () => {
    const other = await editor.open({ besides: window });
    await setSession(other, china, '(China) was saved');
    await other.page.close();
    const before = demo.service.generations;
    await generate(window, 'a cat that needs the new one');
    const warning = await window.notification('changed in another window');
    await window.screenshot('session-stale-en');
    assert.equal(demo.service.generations, before);
    await warning.locator('.monaco-button', { hasText: 'Reload Window' }).click();
    await window.page.waitForEvent('load');
    await window.ready();
    await generate(window, 'a cat after the reload');
    await window.notification('4 pictures saved');
    assert.equal(payer(), '••••8888');
  });

  test('clearing forgets one, and it is asked for again', async () => {
    await window.palette('Jimeng: Clear Session ID');
    await window.quickInputWith('Which session ID should be removed');
    await window.pick('China');
    await window.notification('The session ID ••••8888 (China) was removed');
    await window.closeNotifications();
    await window.palette('Jimeng: Clear Session ID');
    await window.notification('(Japan) was removed');
    await window.closeNotifications();
    await generate(window, 'a cat without a session');
    await window.quickInputWith('Session ID');
  });

  test('they stand in nothing that was written', async () => {
    const written = await editor.written();
    assert.deepEqual(
      written
        .filter(({ content }) =>
          [china, japan, 'expired-0123456789'].some(secret => content.includes(secret)),
        )
        .map(({ path }) => path),
      [],
    );
  });
});
