import assert from 'node:assert/strict';
import type { DemoService } from '../demo-service.ts';
import type { Editor } from './driver/editor.ts';
import { raiseStage, strikeStage, tidy } from './driver/stage.ts';
import { generate } from './driver/steps.ts';
import type { Window } from './driver/window.ts';

const session = 'abcd1234abcd1234abcd1234abcd1234';

suite('tasks in the background', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage({
      session,
      service: { delayMs: 700, maxConcurrent: 2 },
      settings: { 'jimeng.mode': 'background', 'jimeng.resolution': '1k' },
    }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  /** A window that goes while it sends leaves a task uncertain, as it must. */
  const sendNoMore = async () => {
    await window.palette('Jimeng: Pause');
    await window.tasksView.getByText('The queue is paused.').waitFor();
    await window.tasksView
      .locator('.monaco-list-row', { hasText: 'sending' })
      .first()
      .waitFor({ state: 'detached' });
  };
  const status = () => window.page.locator('.statusbar-item', { hasText: 'waiting' });

  test('twenty at once: groups, place in line, numbers; one cancelled for nothing, the rest saved once', async () => {
    await window.palette('Jimeng: Pause');
    await window.tasksView.getByText('The queue is paused.').waitFor();
    for (let index = 1; index <= 20; index++) await generate(window, `cat number ${index}`);
    await window.taskRow(/cat number 20\s?.*no\. 20 in line/);
    await status().filter({ hasText: '20 waiting' }).waitFor();
    await window.tasksView.getByText('The queue is paused. Waiting: 20.').waitFor();
    await window.screenshot('paused-en');
    assert.equal(demo.service.generations, 0);
    await window.palette('Jimeng: Filter Tasks…');
    await window.quickInputWith('Filter Tasks');
    await window.type('number 12');
    await window.press('Enter');
    await window.taskRow(/cat number 12\s?.*no\. 12 in line/);
    await window.page
      .locator('.part.sidebar .action-label[aria-label*="Clear Filter"]')
      .first()
      .click();
    const row = await window.taskRow('cat number 7');
    await window.pressInRow(row, 'Cancel');
    await window.taskRow(/cat number 7\s?cancelled|cat number 7\s?.*cancelled/);
    await window.palette('Jimeng: Resume');
    await window.taskRow(/cat number \d+\s?.*the service is working/);
    await window.taskRow(/cat number 20\s?.*in line/); // the last one to be sent
    await window.screenshot('many-tasks-en');
    for (let index = 1; index <= 20; index++)
      if (index !== 7)
        await window.finishedRow(new RegExp(`cat number ${index}\\s?demo · 4 pictures`));
    await status().waitFor({ state: 'hidden' });
    await window.page.locator('.statusbar-item .codicon-sync').waitFor({ state: 'hidden' });
    assert.equal(demo.service.generations, 19);
    assert.equal((await editor.files('pic')).length, 76);
    assert.equal(await window.notificationCount(), 0, 'what is in sight is not told');
  });

  test('a finished one unfolds into its pictures, and a click opens one', async () => {
    const row = await window.finishedRow(/cat number 20\s?demo/);
    await window.unfold(row);
    const picture = await window.taskRow(/^1 · 1024×1024/);
    await picture.locator('.custom-view-tree-node-item-icon[style*="thumbnails"]').waitFor();
    await window.screenshot('unfolded-en');
    await window.hoverUntil(picture, window.page.locator('.monaco-hover img'));
    await window.page.locator('.monaco-hover', { hasText: /pic\/jimeng_\d+_\d+_1\.png/ }).waitFor();
    await window.screenshot('picture-tooltip-en');
    await picture.click();
    await window.picture();
    await window.hoverUntil(row, window.page.locator('.monaco-hover', { hasText: 'Started' }));
    await window.screenshot('tooltip-en');
    await window.openMenu(row, 'Edit and Run Again');
    await window.screenshot('task-menu-en');
    await window.press('Escape');
  });

  test('filtered, cleared', async () => {
    await window.palette('Jimeng: Filter Tasks…');
    await window.quickInputWith('Filter Tasks');
    await window.type('number 12');
    await window.press('Enter');
    await window.tasksView.getByText('Only tasks with').waitFor();
    await window.taskRow(/cat number 12\s?demo/);
    await window.tasksView
      .locator('.monaco-list-row', { hasText: 'cat number 19' })
      .waitFor({ state: 'hidden' });
    assert.equal(
      await window.tasksView.locator('.monaco-list-row', { hasText: 'cat number' }).count(),
      1,
    );
    await window.screenshot('filtered-en');
    await window.page
      .locator('.part.sidebar .action-label[aria-label*="Clear Filter"]')
      .first()
      .click();
    await window.taskRow(/cat number 11\s?demo/);
    await window.palette('Jimeng: Clear Finished');
    await window.tasksView.locator('.welcome-view-content').waitFor();
    assert.equal((await editor.files('pic')).length, 76, 'the pictures stay');
  });

  test('a reload in the middle: every one is saved, none is sent twice', async () => {
    const before = demo.service.generations;
    for (let index = 1; index <= 5; index++) await generate(window, `dog ${index} #slow`);
    await window.taskRow(/dog 5/);
    await window.taskRow(/the service is working/);
    await sendNoMore();
    await window.reload();
    await window.palette('Jimeng: Resume');
    for (let index = 1; index <= 5; index++)
      await window.taskRow(new RegExp(`dog ${index} #slow\\s?demo · 4 pictures`));
    assert.equal(demo.service.generations, before + 5);
    assert.equal((await editor.files('pic')).length, 96);
  });

  test('two windows show the same; when the one that works closes, the other goes on', async () => {
    const before = demo.service.generations;
    const other = await editor.open({ besides: window });
    for (let index = 1; index <= 4; index++) await generate(window, `bird ${index} #slow`);
    await other.taskRow(/bird 4/);
    await other.taskRow(/the service is working/);
    await sendNoMore();
    await window.page.close();
    window = other;
    await window.palette('Jimeng: Resume');
    for (let index = 1; index <= 4; index++)
      await window.taskRow(new RegExp(`bird ${index} #slow\\s?demo · 4 pictures`));
    assert.equal(demo.service.generations, before + 4);
  });
});

suite('tasks of a stock service', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage({
      session,
      service: { kind: 'stock', delayMs: 6_000 },
      settings: { 'jimeng.mode': 'background', 'jimeng.resolution': '1k' },
    }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  test('it cannot be stopped, only left alone, and comes back', async () => {
    await generate(window, 'a cat that is held');
    const row = await window.taskRow(/a cat that is held.*waiting for the result/);
    await window.pressInRow(row, 'Stop Watching');
    await window.taskRow(/a cat that is held.*no longer watched/);
    const left = await window.taskRow(/a cat that is held/);
    await left.hover();
    await window.screenshot('detached-en');
    await window.pressInRow(left, 'Watch Again');
    await window.taskRow(/a cat that is held\s?demo · 4 pictures/);
    assert.equal(demo.service.generations, 1);
  });

  test('a closed window makes it uncertain, and says why; it is not sent again', async () => {
    await generate(window, 'a cat that is lost');
    await window.taskRow(/a cat that is lost.*waiting for the result/);
    await window.reload();
    await window.taskRow(/a cat that is lost.*uncertain/);
    await window.notification('The connection was closed before the result arrived');
    await window.screenshot('uncertain-en');
    assert.equal(demo.generationBodies().length, 2);
  });
});
