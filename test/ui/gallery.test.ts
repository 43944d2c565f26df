import assert from 'node:assert/strict';
import sharp from 'sharp';
import type { FrameLocator, Locator } from 'playwright-core';
import type { DemoService } from '../demo-service.ts';
import { embed } from '../../src/core/pictures/embed.ts';
import { settings } from '../unit/pictures/saver.ts';
import type { Editor } from './driver/editor.ts';
import { raiseStage, strikeStage, tidy } from './driver/stage.ts';
import type { Window } from './driver/window.ts';

const session = 'facebeadfacebeadfacebeadfacebead';
const hostile = '<img src=x onerror="document.title=1"> --> </script><script>document.title=2</script> [x](command:workbench.action.quit)';

/** Pictures of three requests, one of a camera, a damaged one and a video. */
async function pictures(): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  const add = async (stem: string, prompt: string, colors: string[], shape: [number, number]) => {
    for (const [index, background] of colors.entries()) {
      const png = await sharp({ create: { width: shape[0], height: shape[1], channels: 3, background } }).png().toBuffer();
      files[`pic/${stem}_${index + 1}.png`] = await embed(png, { ...settings, time: `2026-01-02T03:04:0${Object.keys(files).length}.000Z`.replace(/0\d\.000Z$/, `${stem.slice(-2)}.000Z`), request: { ...settings.request, prompt } });
    }
  };
  await add('jimeng_20260102_030401', '雪地里的红狐狸', ['#b33', '#c52', '#d71', '#e90'], [640, 360]);
  await add('jimeng_20260102_030402', 'a lighthouse in a storm, in the style of an old poster', ['#135', '#246', '#357', '#468'], [400, 400]);
  await add('jimeng_20260102_030403', hostile, ['#484'], [300, 500]);
  files['pic/photos/camera.jpg'] = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#998', noise: { type: 'gaussian', mean: 120, sigma: 40 } } }).jpeg().toBuffer();
  files['pic/damaged.png'] = files['pic/jimeng_20260102_030401_1.png']!.subarray(0, 200);
  return files;
}

suite('the gallery', () => {
  let demo: DemoService;
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => { ({ demo, editor, window } = await raiseStage({ session, files: { 'index.md': '# A page\n\n', ...await pictures() } })); });
  suiteTeardown(() => strikeStage({ demo, editor }));
  teardown(function () { return tidy(this, window); });

  const page = (): FrameLocator => galleryPage(window);
  const tiles = (): Locator => page().getByRole('option');
  const tile = (name: string | RegExp): Locator => page().getByRole('option', { name }).first();
  /** Waits until so many are shown. */
  const shown = async (count: number) => { await tiles().nth(count - 1).waitFor(); await tiles().nth(count).waitFor({ state: 'detached' }); };

  test('opens on the pictures of the workspace, variations side by side', async () => {
    await window.openFile('index.md');
    await window.palette('Jimeng: Open Gallery');
    await shown(11);
    await page().locator('img').nth(9).waitFor();
    await window.screenshot('gallery-en');
    assert.equal(await tile(/old poster/).count(), 1);
  });
});

/** The page inside of VS Code's two frames. */
export function galleryPage(window: Window): FrameLocator {
  return window.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
}
