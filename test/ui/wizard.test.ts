import assert from 'node:assert/strict';
import type { DemoService } from '../demo-service.ts';
import type { Editor } from './driver/editor.ts';
import { raiseStage, strikeStage, tidy } from './driver/stage.ts';
import { describe, generate, typePrompt, writePrompt } from './driver/steps.ts';
import type { Window } from './driver/window.ts';

const page = '<h1>A page</h1>\n<!-- a fox in the snow,\nseen from above -->\n';

suite('the wizard', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    ({ demo, editor, window } = await raiseStage({
      session: 'cafebabecafebabecafebabecafebabe',
      settings: { 'jimeng.resolution': '1k' }, // sooner drawn
      files: { 'index.html': page },
    }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  const sent = () => demo.generationBodies().at(-1) as Record<string, unknown>;
  const finished = async () => {
    await window.notification('4 pictures saved');
    await window.closeNotifications();
  };

  test('from the palette to the first picture: the prompt and two keys', async () => {
    await window.palette('Jimeng: Generate Image');
    const keys = await window.countKeys(async () => {
      await describe(window, 'Describe the picture', 'a quick cat');
      await window.accept('Generate');
      await window.notification('4 pictures saved');
    });
    assert.deepEqual(keys, ['Enter', 'Enter']);
    assert.equal(sent().prompt, 'a quick cat');
  });

  test('an earlier prompt is found below, and the arrow keys reach it', async () => {
    await window.palette('Jimeng: Generate Image');
    await typePrompt(window, 'Describe the picture', 'edit');
    await window.fill('quick');
    await window.focused('Continue');
    await window.entry('a quick cat');
    await window.screenshot('history-en');
    await window.press('ArrowDown');
    await window.press('ArrowDown');
    await window.accept('a quick cat');
    await window.accept('Generate');
    await finished();
    assert.equal(sent().prompt, 'a quick cat');
  });

  test('back keeps the prompt; giving up is quiet', async () => {
    await writePrompt(window, 'a cat to come back to');
    await window.quickInput
      .locator('.quick-input-titlebar .action-label[aria-label^="Back"]')
      .first()
      .click();
    await window.quickInputWith('Describe the picture');
    assert.equal(
      await window.page.locator('.quick-input-widget input').inputValue(),
      'a cat to come back to',
    );
    await window.press('Escape');
    await window.quickInput.waitFor({ state: 'hidden' });
    assert.equal(await window.notificationCount(), 0);
  });

  test('what was given up is a draft: offered first, with its options, until it is discarded', async () => {
    const offer = async () => {
      await window.palette('Jimeng: Generate Image');
      await window.quickInputWith('Describe the picture. For example:');
      return (await window.focused('Open Your Draft')).filter({ hasText: 'a cat to come back to' });
    };
    await (await offer()).waitFor();
    await window.screenshot('draft-en');
    await window.press('Enter');
    await (await window.entry('Prompt')).filter({ hasText: 'a cat to come back to' }).waitFor();
    await window.focused('Generate');
    await window.pick('Ratio');
    await window.pick('16:9');
    await (await window.focused('Generate')).filter({ hasText: '16:9' }).waitFor();
    await window.pick('Model');
    await window.quickInputWith('Model');
    await window.press('Escape');

    const draft = await offer();
    await window.press('Enter');
    await (await window.entry('Ratio')).filter({ hasText: '16:9' }).waitFor();
    await window.pick('Prompt');
    await window.quickInputWith('Describe the picture');
    await window.press('Escape');

    await (await offer()).hover();
    await draft.locator('.action-label.codicon-trash').click();
    await draft.waitFor({ state: 'detached' });
    await window.entry('Write a prompt first');
    await window.press('Escape');

    const row = await window.finishedRow(/a quick cat\s?demo/);
    await window.chooseOf(row, 'Edit and Run Again');
    await window.value('a quick cat');
    await window.press('Escape'); // it was only looked at
    await window.palette('Jimeng: Generate Image');
    await window.focused('Write a prompt first');
    await window.press('Escape');
  });

  test('a long prompt is written in an editor, and its line breaks are kept', async () => {
    await window.palette('Jimeng: Generate Image');
    await typePrompt(window, 'Describe the picture', 'a poster');
    await window.pick('Edit in an Editor');
    await window.page.locator('.editor-instance .view-line', { hasText: 'a poster' }).waitFor();
    await window.press('End');
    await window.type('\nwith a “title”\nand 山水');
    await window.screenshot('prompt-editor-en');
    await window.press('Control+Enter');
    await window.entry('3 lines: a poster with a “title” and 山水');
    await window.focused('Generate');
    await window.screenshot('options-long-en');
    await window.press('Enter');
    await finished();
    assert.equal(sent().prompt, 'a poster\nwith a “title”\nand 山水');
    await window.palette('View: Revert and Close Editor');
  });

  test('a selection is a prompt', async () => {
    await window.openFile('index.html');
    await window.press('Control+Home');
    await window.press('ArrowDown');
    for (let step = 0; step < 5; step++) await window.press('ArrowRight');
    await window.press('Shift+ArrowDown');
    await window.press('Shift+End');
    for (let step = 0; step < 4; step++) await window.press('Shift+ArrowLeft');
    await window.palette('Jimeng: Generate Image from Selection');
    await window.accept('Generate');
    await finished();
    assert.equal(sent().prompt, 'a fox in the snow,\nseen from above');
  });

  test('nothing selected: it is said what to do', async () => {
    await window.openFile('index.html');
    await window.press('Control+Home');
    await window.palette('Jimeng: Generate Image from Selection');
    await window.notification('Select the text of the prompt');
  });

  test('options become a preset; presets and the last options are offered, and taken only when picked', async () => {
    await writePrompt(window, 'a wide cat');
    await window.pick('Ratio');
    await window.pick('21:9');
    await (await window.focused('Generate')).filter({ hasText: '21:9' }).waitFor();
    await window.pick('Negative Prompt');
    await window.quickInputWith('Negative Prompt');
    await window.type('blur');
    await window.press('Enter');
    await window.entry('blur');
    await window.pick('Sample Strength');
    await window.quickInputWith('Sample Strength');
    await window.type('2');
    await window.quickInput.locator('.quick-input-message', { hasText: 'from 0 to 1' }).waitFor();
    await window.fill('0.7');
    await window.press('Enter');
    await window.entry('0.7');
    await window.pick('Save as Preset');
    await window.quickInputWith('Save as Preset');
    await window.type('Header');
    await window.press('Enter');
    await window.entry('Header');
    await window.screenshot('preset-en');
    await window.pick('Generate');
    await finished();
    const wide = {
      model: 'jimeng-4.0',
      prompt: 'a wide cat',
      ratio: '21:9',
      resolution: '1k',
      negative_prompt: 'blur',
      sample_strength: 0.7,
      response_format: 'url',
      async: true,
    };
    assert.deepEqual(sent(), wide);

    await generate(window, 'a square cat');
    await finished();
    assert.deepEqual(sent(), {
      model: 'jimeng-4.0',
      prompt: 'a square cat',
      ratio: '1:1',
      resolution: '1k',
      response_format: 'url',
      async: true,
    });

    await writePrompt(window, 'a cat by preset');
    await window.pick('Header');
    await (await window.entry('Ratio')).filter({ hasText: '21:9' }).waitFor();
    await window.pick('Generate');
    await finished();
    assert.deepEqual(sent(), { ...wide, prompt: 'a cat by preset' });

    await writePrompt(window, 'a cat as the one before');
    await window.entry('As Last Time');
    await window.screenshot('last-time-en');
    await window.pick('As Last Time');
    await window.pick('Generate');
    await finished();
    assert.deepEqual(sent(), { ...wide, prompt: 'a cat as the one before' });
  });

  test('what would be ignored, or cost more, stands there before Enter', async () => {
    await writePrompt(window, 'three cats in series');
    await window.pick('Resolution');
    await window.entry('costs more credits');
    await window.pick('4k');
    await window.entry('4096×4096');
    await window.screenshot('warned-en');
    await window.pick('Model');
    await (await window.entry('jimeng-4.6')).filter({ hasText: '4 pictures' }).waitFor();
    await window.screenshot('models-en');
    await window.type('nanobananapro');
    const missing = await window.focused('nanobananapro');
    await missing.filter({ hasText: 'Sites that have it: US, HK, JP, SG' }).waitFor();
    await missing.click(); // cannot be chosen
    await window.fill('jimeng-3.1');
    await window.pick('jimeng-3.1');
    await (
      await window.entry('Intelligent Ratio')
    )
      .filter({ hasText: 'jimeng-3.1 ignores it' })
      .waitFor();
  });

  test('sent to the background, it is told at the end all the same', async () => {
    await generate(window, 'a cat #slow in front');
    const progress = await window.notification('Continue in Background');
    // Its text is drawn again each second, so on a slow machine it is never stable.
    await progress.getByText('Continue in Background').click({ force: true });
    await progress.waitFor({ state: 'detached' });
    await window.notification('4 pictures saved');
  });

  test('in a narrow window, with a large font', async () => {
    const narrow = await editor.open({ besides: window });
    await narrow.page.setViewportSize({ width: 480, height: 720 });
    await narrow.palette('View: Toggle Primary Side Bar Visibility');
    await writePrompt(
      narrow,
      'a cat in a narrow window, with a rather long description that does not fit into the line',
    );
    await narrow.screenshot('narrow-en');
    await narrow.press('Escape');
    // In a browser a large font is a zoomed page: fewer pixels for the same window.
    await narrow.page.setViewportSize({ width: 640, height: 400 });
    await writePrompt(narrow, 'a large cat');
    await narrow.screenshot('large-en');
    await narrow.page.close();
  });
});
