import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { DemoService } from '../demo-service.ts';
import type { Editor } from './driver/editor.ts';
import { raiseStage, strikeStage, tidy } from './driver/stage.ts';
import { generate, setSession, typePrompt, writePrompt } from './driver/steps.ts';
import type { Window } from './driver/window.ts';

const session = 'cafebabecafebabecafebabecafebabe';

suite('generate an image', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage({
      service: { delayMs: 1_500, maxConcurrent: 1 },
    }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(async function () {
    await tidy(this, window);
    await rm(join(editor.workspace, 'pic'), { recursive: true, force: true });
  });

  test('from the palette to pictures on disk; the session ID is asked for once', async () => {
    await window.screenshot('tasks-empty-en');
    await window.palette('Jimeng: Generate Image');
    await typePrompt(window, 'Describe the picture', 'a cute cat');
    await window.screenshot('prompt-en');
    await window.press('Enter');
    await window.focused('Generate');
    await window.screenshot('options-en');
    await window.press('Enter');
    await window.quickInputWith('Session ID');
    await window.type(session);
    await window.screenshot('session-en');
    await window.press('Enter');
    await window.quickInputWith('Which site');
    await window.screenshot('region-en');
    await window.accept('China');
    await window.notification('the service is working');
    await window.screenshot('progress-en');
    const finished = await window.notification('4 pictures saved in pic');
    await window.screenshot('finished-en');
    await finished.locator('.monaco-button', { hasText: 'Open' }).click();
    await window.picture();
    await window.screenshot('opened-en');
    const files = await editor.files('pic');
    assert.equal(files.length, 4);
    assert.ok(
      files.every(name => /^jimeng_\d{8}_\d{6}_\d\.png$/.test(name)),
      files.join(),
    );
    await window.taskRow(/a cute cat\s?demo · 4 pictures/);
    assert.deepEqual(demo.generationBodies().at(-1), {
      model: 'jimeng-4.0',
      prompt: 'a cute cat',
      ratio: '1:1',
      resolution: '2k',
      response_format: 'url',
      async: true,
    });

    await generate(window, 'a second cat');
    await window.notification('4 pictures saved in pic');
  });

  test('options: what is chosen is shown, sent and made', async () => {
    await writePrompt(window, 'a wide cat');
    await window.pick('Ratio');
    await window.entry('16:9');
    await window.screenshot('ratios-en');
    await window.pick('16:9');
    await window.entry('Resolution');
    await window.pick('Resolution');
    await window.pick('1k');
    await window.entry('1024×576');
    await window.pick('Wait');
    await window.entry('in the background');
    await window.screenshot('options-changed-en');
    await window.pick('Generate');
    await window.taskRow(/a wide cat\s?demo · 4 pictures/); // in sight, so that no message is needed
    assert.deepEqual(demo.generationBodies().at(-1), {
      model: 'jimeng-4.0',
      prompt: 'a wide cat',
      ratio: '16:9',
      resolution: '1k',
      response_format: 'url',
      async: true,
    });
    for (const name of await editor.files('pic')) {
      const { width, height } = await sharp(join(editor.workspace, 'pic', name)).metadata();
      assert.deepEqual([width, height], [1024, 576]);
    }
  });

  test('a queued task is cancelled from the Tasks view, for nothing', async () => {
    const before = demo.service.generations;
    await generate(window, 'a first #slow');
    await window.notification('the service is working');
    await generate(window, 'a second that waits');
    await window.notification('queue');
    const row = await window.taskRow('a second that waits');
    await row.hover();
    await window.screenshot('queued-en');
    await window.pressInRow(row, 'Cancel');
    await window.taskRow(/a second that waits.*cancelled/);
    await window.notification('4 pictures saved');
    assert.equal(demo.service.generations, before + 1);
  });

  test('a reload in the middle loses nothing, and sends nothing twice', async () => {
    const before = demo.service.generations;
    await generate(window, 'a cat over a reload');
    await window.notification('the service is working');
    await window.reload();
    await window.taskRow(/a cat over a reload\s?demo · 4 pictures/);
    await window.screenshot('after-reload-en');
    assert.equal((await editor.files('pic')).length, 4);
    assert.equal(demo.service.generations, before + 1);
  });

  test('part of the pictures missing: the others are saved, and it is said why', async () => {
    await generate(window, 'a cat #broken');
    await window.notification('3 pictures saved');
    await window.notification('The link to the result has expired');
    await window.screenshot('partial-en');
    assert.equal((await editor.files('pic')).length, 3);
  });

  for (const [what, id, sentence, button] of [
    ['an expired session', 'expired-0123456789', 'The session has expired', 'Update Session ID'],
    ['no credits', 'nocredits-0123456789', 'There are not enough credits', 'Claim Daily Credits'],
    ['risk control', 'risk-0123456789', 'Risk control', undefined],
  ] as const) {
    test(`${what}: a sentence${button === undefined ? '' : ' and a button'}`, async () => {
      const before = demo.service.generations;
      await setSession(window, id);
      await generate(window, 'a cat');
      const toast = await window.notification(sentence);
      if (button !== undefined)
        await toast.locator('.monaco-button', { hasText: button }).waitFor();
      await window.screenshot(`${id.split('-')[0]}-en`);
      assert.equal(demo.service.generations, before);
      assert.deepEqual(await editor.files('pic'), []);
    });
  }

  test('the session ID stands in nothing that was written', async () => {
    const written = await editor.written();
    assert.ok(
      written.some(({ path }) => path.includes('/ledger/done/')),
      'the ledger is there',
    );
    assert.ok(
      written.some(({ path }) => path.endsWith('Jimeng.log')),
      'the log is there',
    );
    const secrets = [session, 'expired-0123456789', 'nocredits-0123456789', 'risk-0123456789'];
    assert.deepEqual(
      written
        .filter(({ content }) => secrets.some(secret => content.includes(secret)))
        .map(({ path }) => path),
      [],
    );
  });
});
