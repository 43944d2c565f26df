import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { DemoService } from '../demo-service.ts';
import { partsOf } from '../multipart.ts';
import { photo } from '../unit/convert/samples.ts';
import type { Editor } from './driver/editor.ts';
import { raiseStage, strikeStage, tidy } from './driver/stage.ts';
import { describe } from './driver/steps.ts';
import type { Window } from './driver/window.ts';

suite('videos', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  let files: Record<string, Buffer>;
  suiteSetup(async () => {
    files = {
      'day.png': await photo(96, 54).png().toBuffer(),
      'night.jpg': await photo(96, 54).jpeg().toBuffer(),
      'cat.webp': await photo(40, 40).webp().toBuffer(),
    };
    ({ demo, editor, window } = await raiseStage({
      session: 'f11mf11mf11mf11mf11mf11mf11mf11m',
      settings: { 'explorer.autoReveal': false },
      files,
    }));
  });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () {
    return tidy(this, window);
  });

  const posted = () =>
    demo.requests.filter(
      ({ method, path }) => method === 'POST' && path === '/v1/videos/generations',
    );
  const sha256 = (name: string) =>
    createHash('sha256')
      .update(files[name] ?? '')
      .digest('hex');

  /** Selects files in the Explorer and chooses from the submenu. */
  async function fromExplorer(first: string, ...others: string[]): Promise<void> {
    await window.explorer.select(first, ...others);
    const make = await window.openSubmenu(
      window.explorer.row(first),
      'Jimeng',
      'Make a Video from This',
    );
    await window.screenshot('video-menu-en');
    await window.choose(make);
  }

  test('from words, in the background, and played by the editor', async () => {
    await window.palette('Jimeng: Generate Video');
    await describe(window, 'Describe the video', 'a lighthouse in a storm');
    await window.focused('Generate');
    await window.pick('Duration');
    await window.pick('10 s');
    await window.pick(/Ratio/);
    await window.pick('16:9');
    await window.entry('jimeng-video-3.5-pro · 10 s · 16:9 · in the background');
    await window.screenshot('video-options-en');
    await window.pick('Generate');
    const row = await window.finishedRow(/a lighthouse in a storm\s?demo · 1 video/); // in sight, so no message tells it
    assert.deepEqual(
      posted().map(({ bytes }) => JSON.parse(bytes.toString()) as unknown),
      [
        {
          model: 'jimeng-video-3.5-pro',
          prompt: 'a lighthouse in a storm',
          ratio: '16:9',
          duration: 10,
          response_format: 'url',
          async: true,
        },
      ],
    );
    assert.match((await editor.files('pic')).join(), /^jimeng_\d{8}_\d{6}_1\.mp4$/);
    await window.unfold(row);
    await (await window.taskRow(/^1 · 480×270/)).click();
    const player = window.page
      .frameLocator('iframe.webview')
      .frameLocator('iframe')
      .locator('video');
    await player.waitFor();
    await window.screenshot('video-played-en');
    assert.ok(
      await player.evaluate(async video => {
        const element = video as unknown as {
          readyState: number;
          videoWidth: number;
          addEventListener: (name: string, listener: () => void) => void;
        };
        if (element.readyState < 1)
          await new Promise<void>(resolve => element.addEventListener('loadedmetadata', resolve));
        return element.videoWidth > 0;
      }),
      'the editor shows its picture',
    );
  });

  test('two pictures in the Explorer are the first and the last frame', async () => {
    const before = posted().length;
    await fromExplorer('day.png', 'night.jpg');
    await describe(window, 'Describe the video', 'the sun sets');
    await window.entry('first: day.png · last: night.jpg');
    await window.screenshot('video-frames-en');
    await window.pick('Frames');
    await window.entry('Last frame: night.jpg');
    const second = await window.entry('Last frame: night.jpg');
    await window.pressInRow(second, 'Move Up');
    await window.entry('First frame: night.jpg');
    await window.pick('Done');
    await window.entry('first: night.jpg · last: day.png');
    await window.pick('Generate');
    await window.notification('1 video saved in pic, made by the demo service');
    await window.screenshot('video-finished-en');
    assert.equal(posted().length, before + 1);
    assert.deepEqual(
      (await partsOf(posted().at(-1)!)).filter(([name]) => name.startsWith('image_file')),
      [
        ['image_file_1', `night.jpg image/jpeg ${sha256('night.jpg')}`],
        ['image_file_2', `day.png image/png ${sha256('day.png')}`],
      ],
    );
  });

  test('three are materials, which are offered to be named in the prompt', async () => {
    const before = posted().length;
    await fromExplorer('day.png', 'night.jpg', 'cat.webp');
    await window.quickInputWith('Describe the video');
    await window.entry('@image_file_3 · cat.webp');
    await window.type('the cat of @im');
    await window.screenshot('video-materials-en');
    await window.pick('@image_file_3 · cat.webp');
    await window.value('the cat of @image_file_3 ');
    await window.type('walks from @image_file_1 to @image_file_2');
    await window.accept('Continue');
    await window.entry('@image_file_1 day.png · @image_file_2 night.jpg · @image_file_3 cat.webp');
    await window.entry('jimeng-video-seedance-2.0 · 5 s');
    await window.screenshot('video-materials-options-en');
    await window.pick('Generate');
    await window.notification('1 video saved in pic');
    assert.equal(posted().length, before + 1);
    const parts = await partsOf(posted().at(-1)!);
    assert.deepEqual(
      parts.find(([name]) => name === 'prompt'),
      ['prompt', 'the cat of @image_file_3 walks from @image_file_1 to @image_file_2'],
    );
    assert.deepEqual(
      parts.find(([name]) => name === 'functionMode'),
      ['functionMode', 'omni_reference'],
    );
    assert.deepEqual(
      parts
        .filter(([name]) => name.startsWith('image_file'))
        .map(([name, value]) => [name, value.split(' ')[0]]),
      [
        ['image_file_1', 'day.png'],
        ['image_file_2', 'night.jpg'],
        ['image_file_3', 'cat.webp'],
      ],
    );
  });

  test('a duration that another model lacks is refused before anything is sent', async () => {
    const before = posted().length;
    await window.palette('Jimeng: Generate Video');
    await describe(window, 'Describe the video', 'a long one');
    await window.focused('Generate');
    await window.pick('Duration');
    await window.pick('12 s');
    await window.pick('Model');
    await window.pick('jimeng-video-3.0');
    await window.entry('jimeng-video-3.0 makes videos of 5, 10 seconds, not of 12');
    await window.screenshot('video-refused-en');
    await window.pick('jimeng-video-3.0 makes videos of 5, 10 seconds, not of 12');
    await window.focused('Duration'); // what it is about
    assert.equal(posted().length, before);
  });
});
