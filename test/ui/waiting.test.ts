import type { Locator } from 'playwright-core';
import { demoService, type DemoService } from '../demo-service.ts';
import type { Editor } from './driver/editor.ts';
import { raiseStage, strikeStage, tidy } from './driver/stage.ts';
import { enterSession, generate, setSession } from './driver/steps.ts';
import type { Window } from './driver/window.ts';

const china = '11112222333344445555666677778888';
const japan = 'jp-99990000aaaabbbbccccddddeeeeffff';
const site = 'jimeng.jianying.com (China)';

suite('what holds a task back is said where a person looks', () => {
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

  const button = (label: string): Locator =>
    window.page.locator(`.part.sidebar .action-label[aria-label*="${label}"]`).first();
  const status = () => window.page.locator('.statusbar-item', { hasText: 'waiting' });
  const pause = async () => {
    await window.palette('Jimeng: Pause');
    await window.tasksView.getByText('The queue is paused.').waitFor();
  };
  const enter = async (id: string) => {
    await window.palette('Jimeng: Set Session ID');
    await enterSession(window, id);
  };
  /** Tasks go on at once and tell it, so that other messages are in sight, too. */
  const setChina = async () => {
    await enter(china);
    await window.quickInputWith('Which site');
    await window.accept('China');
  };
  const isExpired = `${site}: The session has expired`;

  test('a session that has expired: in the progress, in its row, above the rows and in the status bar', async () => {
    await setSession(window, 'expired-0123456789', 'does not accept this session ID');
    await generate(window, 'the first cat');
    await window.taskRow(/the first cat.*failed/);
    await window.closeNotifications();
    await generate(window, 'the second cat');
    const progress = await window.notification('session expired (China)');
    await progress.getByText('Set Session ID').waitFor();
    await window.taskRow(/the second cat.*session expired \(China\)/);
    await window.tasksView.getByText(isExpired).waitFor();
    await button('Set Session ID').waitFor();
    await button('Resume').waitFor();
    await window.hoverUntil(
      status(),
      window.page
        .locator('.monaco-hover', { hasText: isExpired })
        .filter({ hasText: 'Set Session ID' }),
    );
    await window.screenshot('waiting-status-en');
    await window.hoverUntil(
      await window.taskRow('the second cat'),
      window.page.locator('.monaco-hover', { hasText: 'Started' }).filter({ hasText: isExpired }),
    );
    await window.screenshot('waiting-expired-en');
  });

  test('a session ID of another site: it is said whose tasks still wait', async () => {
    await enter(japan);
    await window.notification(`Tasks of ${site} still waiting for a session ID: 1.`);
    await window.screenshot('waiting-other-site-en');
    await window.tasksView.getByText(isExpired).waitFor();
  });

  test('a new session ID of its site: it goes on, and nothing of the pause stays', async () => {
    await setChina();
    await window.taskRow(/the second cat.*4 pictures/);
    await window.tasksView.getByText(isExpired).waitFor({ state: 'hidden' });
    await button('Pause').waitFor();
    await button('Set Session ID').waitFor({ state: 'hidden' });
    await button('Resume').waitFor({ state: 'hidden' });
  });

  test('a session ID that was cleared: its site is named', async () => {
    await pause();
    await generate(window, 'the third cat');
    await window.notification('the queue is paused');
    await window.palette('Jimeng: Clear Session ID');
    await window.quickInputWith('Which session ID should be removed');
    await window.pick('China');
    await window.palette('Jimeng: Resume');
    await window.tasksView.getByText(`There is no session ID for ${site}`).waitFor();
    await window.taskRow(/the third cat.*no session ID \(China\)/);
    await window.screenshot('waiting-no-session-en');
    await setChina();
    await window.taskRow(/the third cat.*4 pictures/);
  });

  test('a service that is away', async () => {
    await pause();
    await generate(window, 'the fourth cat');
    await window.notification('the queue is paused');
    await demo.close();
    await window.palette('Jimeng: Resume');
    await window.tasksView.getByText('It is retried automatically').waitFor();
    await window.taskRow(/the fourth cat.*the service cannot be reached/);
    await button('Start Service').waitFor();
    await window.screenshot('waiting-service-en');
    demo = await demoService({ port: Number(new URL(demo.url).port) });
    await window.taskRow(/the fourth cat.*4 pictures/);
    await window.tasksView.getByText('It is retried automatically').waitFor({ state: 'hidden' });
    await button('Start Service').waitFor({ state: 'hidden' });
  });
});
