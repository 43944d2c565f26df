import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { registerExtension } from '../../scripts/code-server.mjs';
import { embed } from '../../src/core/images/metadata.ts';
import { Editor } from '../ui/driver/editor.ts';
import { galleryPage } from '../ui/driver/gallery-page.ts';
import { closeBrowser, installExtension } from '../ui/driver/shared.ts';
import type { Window } from '../ui/driver/window.ts';
import { settings } from '../unit/output/saver.ts';
import type { Row } from './measure.ts';

const tasks = 500;
const variations = 4;
/** Pictures that are visible at first; each of them has to be there. */
const inSight = 8;

/** The gallery over two thousand pictures of 1024 × 1024, in a real window: seen for the first time, and once more. */
export async function benchGallery(folder: string): Promise<Row[]> {
  await installExtension();
  const editor = await Editor.start();
  try {
    const stalls = await addMonitor(editor, join(folder, 'monitor'));
    await makePictures(join(editor.workspace, 'pic'));
    const window = await editor.open();
    await delay(5_000); // the window's own start
    const idle = Date.now();
    await delay(10_000);
    const alone = await longestSince(idle, stalls);
    const first = await open(window, stalls);
    const scrolled = await scroll(window, stalls);
    await window.palette('View: Close Editor');
    await delay(2_000);
    const again = await open(window, stalls);
    const row = (what: string, value: number, reach: number, peer = ''): Row => ({
      what: `gallery of ${tasks * variations} pictures, ${what}`,
      ours: `${value.toFixed(0)} ms`,
      peer,
      value,
      reach,
      better: 'less',
      unit: ' ms',
    });
    return [
      row('never seen before: to the first screen', first.shown, 3_000),
      row(
        'never seen before: longest stall of the extension host',
        first.host,
        50,
        `${alone.toFixed(0)} ms without it`,
      ),
      row('through all of it: longest stall of the extension host', scrolled.host, 50),
      row('through all of it: longest task of the page', scrolled.page, 100),
      row('seen before: to the first screen', again.shown, 1_500),
    ];
  } finally {
    await editor.stop();
    await closeBrowser();
  }
}

/** Returns the file that `stall-monitor.cjs` writes. */
async function addMonitor({ extensions }: Editor, folder: string): Promise<string> {
  const manifest = {
    publisher: 'bench',
    name: 'stall-monitor',
    version: '1.0.0',
    engines: { vscode: '^1.100.0' },
    activationEvents: ['*'],
    main: 'stall-monitor.cjs',
  };
  await mkdir(folder, { recursive: true });
  await copyFile(new URL('stall-monitor.cjs', import.meta.url), join(folder, manifest.main));
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await registerExtension(extensions, manifest, folder);
  return join(folder, 'stalls.txt');
}

async function makePictures(pic: string): Promise<void> {
  await mkdir(pic, { recursive: true });
  const drawings = await Promise.all(
    Array.from({ length: 16 }, (_, index) =>
      sharp({
        create: {
          width: 1024,
          height: 1024,
          channels: 3,
          background: { r: index * 15, g: 120, b: 255 - index * 15 },
          noise: { type: 'gaussian', mean: 128, sigma: 4 },
        },
      })
        .png({ compressionLevel: 3 })
        .toBuffer(),
    ),
  );
  for (let task = 0; task < tasks; task++) {
    const time = new Date(Date.UTC(2026, 0, 1) + task * 3_600_000).toISOString();
    for (let index = 0; index < variations; index++) {
      const png = await embed(drawings[(task + index) % drawings.length]!, {
        ...settings,
        time,
        request: { ...settings.request, prompt: `prompt number ${task}` },
      });
      await writeFile(join(pic, `${time.slice(0, 13)}_${index + 1}.png`), png);
    }
  }
}

/** Opens it. In ms from the choice in the palette until the visible pictures are there; and the longest stall until all files are looked into. */
async function open(window: Window, stalls: string): Promise<{ shown: number; host: number }> {
  const page = galleryPage(window);
  await window.palette('Jimeng: Open Gallery');
  const began = Date.now();
  await page
    .locator('img.loaded')
    .nth(inSight - 1)
    .waitFor();
  const shown = Date.now() - began;
  await page.locator('.reading', { hasText: /^$/ }).waitFor({ state: 'attached' });
  await delay(3_000);
  return { shown, host: await longestSince(began, stalls) };
}

/** Page by page to the end. The longest stall and the longest task of the page, in ms; what the browser does not call long counts as 50. */
async function scroll(window: Window, stalls: string): Promise<{ host: number; page: number }> {
  const page = galleryPage(window);
  const began = Date.now();
  await page.getByRole('option').first().click();
  const html = page.locator('html');
  await html.evaluate(watchLongTasks);
  for (let presses = 0; presses < 40; presses++) {
    await window.press('PageDown');
    await delay(200);
  }
  await window.press('End');
  await delay(3_000);
  return {
    host: await longestSince(began, stalls),
    page: Math.max(50, ...(await html.evaluate(longTasks))),
  };
}

interface Watching {
  longTasks: number[];
}

function watchLongTasks(): void {
  const seen: number[] = [];
  (globalThis as unknown as Watching).longTasks = seen;
  new PerformanceObserver(list => {
    for (const { name, duration } of list.getEntries()) if (name === 'self') seen.push(duration);
  }).observe({ entryTypes: ['longtask' as 'measure'] });
}

function longTasks(): number[] {
  return (globalThis as unknown as Watching).longTasks;
}

/** The longest stall of the extension host since this time, in ms. */
async function longestSince(began: number, stalls: string): Promise<number> {
  const lines = (await readFile(stalls, 'utf8'))
    .trim()
    .split('\n')
    .map(line => line.split(' ').map(Number));
  return Math.max(...lines.filter(([time = 0]) => time >= began).map(([, stall = 0]) => stall));
}
