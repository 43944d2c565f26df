// npm run readme-pictures: takes the pictures of the READMEs anew, from the packaged extension and the demo service.
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { demoService } from '../demo-service.ts';
import { Editor } from './driver/editor.ts';
import { closeBrowser, installExtension } from './driver/shared.ts';
import { describe, enterSession } from './driver/steps.ts';
import type { Window } from './driver/window.ts';

const media = new URL('../../media/readme/', import.meta.url);

interface Words {
  locale: 'en' | 'zh-cn';
  suffix: string;
  generate: string;
  video: string;
  describe: string;
  describeVideo: string;
  go: string;
  send: string;
  site: string;
  china: string;
  ask: string;
  setSession: string;
  saved: string;
  prompts: [string, string, string, string];
  page: string;
}

const english: Words = {
  locale: 'en',
  suffix: '',
  generate: 'Jimeng: Generate Image',
  video: 'Jimeng: Generate Video',
  describe: 'Describe the picture',
  describeVideo: 'Describe the video',
  go: 'Continue',
  send: 'Generate',
  site: 'Which site',
  china: 'China',
  ask: 'Session ID',
  setSession: 'Jimeng: Set Session ID',
  saved: 'was saved',
  prompts: [
    'a lighthouse over a calm sea, morning light',
    'a fox in the snow, woodcut',
    'waves roll against the cliff',
    'a red kite above the hills',
  ],
  page: '# Holiday by the sea\n\nThe lighthouse has guided ships for two hundred years.\n',
};
const chinese: Words = {
  locale: 'zh-cn',
  suffix: '-zh',
  generate: '即梦: 生成图片',
  video: '即梦: 生成视频',
  describe: '描述想要的画面',
  describeVideo: '描述想要的视频',
  go: '继续',
  send: '生成',
  site: '站点',
  china: '国内',
  ask: '会话 ID',
  setSession: '即梦: 设置会话 ID',
  saved: '已保存会话 ID',
  prompts: [
    '星空下的灯塔，海面平静',
    '雪地里的狐狸，木刻版画',
    '海浪拍打礁石',
    '山丘上空的红色风筝',
  ],
  page: '# 海边假日\n\n这座灯塔已经为船只引航两百年。\n',
};

await mkdir(media, { recursive: true });
await installExtension();
for (const words of [english, chinese]) await take(words);
await closeBrowser();

async function take(words: Words): Promise<void> {
  const demo = await demoService({ delayMs: 6_000 });
  const editor = await Editor.start({
    locale: words.locale,
    files: { 'holiday.md': words.page },
    settings: {
      'jimeng.apiUrl': demo.url,
      'jimeng.resolution': '1k',
      'jimeng.mode': 'background',
      'workbench.activityBar.location': 'default',
      'editor.minimap.enabled': false,
    },
  });
  try {
    const window = await editor.open({ width: 1_100, height: 688 });
    const frames: Frame[] = [];
    await setSession(window, words);
    await window.openFile('holiday.md');
    const film = async (seconds: number) =>
      frames.push({ png: await window.page.screenshot(), seconds });
    await film(1.2);
    await window.palette(words.generate);
    await window.quickInputWith(words.describe);
    await film(0.8);
    for (const part of [0.4, 0.75, 1]) {
      await window.fill(words.prompts[0].slice(0, Math.ceil(words.prompts[0].length * part)));
      await film(0.5);
    }
    await window.accept(words.go);
    await window.focused(words.send);
    await film(2);
    await write(`options${words.suffix}.png`, frames.at(-1)?.png);
    await window.press('Enter');
    await film(0.6);
    await window.openJimeng();
    await window.taskRow(words.prompts[0]);
    await film(1.4);
    const row = await window.finishedRow(new RegExp(`${words.prompts[0]}.*4 `, 's'));
    await film(0.8);
    await window.unfold(row);
    await (await window.taskRow('_1.png')).click();
    await window.picture();
    await window.closeNotifications();
    await film(3);
    await writeFile(new URL(`first-picture${words.suffix}.gif`, media), await animation(frames));

    for (const prompt of words.prompts.slice(1, 2))
      await ask(window, words.generate, words.describe, prompt, words);
    await window.taskRow(new RegExp(`${words.prompts[1]}.*4 `, 's'));
    await ask(window, words.video, words.describeVideo, words.prompts[2], words);
    for (const prompt of [words.prompts[3], `${words.prompts[3]} 2`, `${words.prompts[3]} 3`])
      await ask(window, words.generate, words.describe, prompt, words);
    await window.taskRow(`${words.prompts[3]} 3`);
    await window.page.mouse.move(200, 560); // no tooltip: it would show a path
    await delay(1_000); // one may just be coming
    await window.page.locator('.monaco-hover:visible').first().waitFor({ state: 'hidden' });
    await write(`tasks${words.suffix}.png`, await window.page.screenshot());
  } finally {
    await editor.stop();
    await demo.close();
  }
}

async function setSession(window: Window, words: Words): Promise<void> {
  await window.palette(words.setSession);
  await enterSession(window, '0123456789abcdef0123456789abcdef', words.ask);
  await window.quickInputWith(words.site);
  await window.accept(words.china);
  await window.notification(words.saved);
  await window.closeNotifications();
}

async function ask(
  window: Window,
  command: string,
  asked: string,
  prompt: string,
  { go, send }: Words,
): Promise<void> {
  await window.palette(command);
  await describe(window, asked, prompt, go);
  await window.accept(send);
}

interface Frame {
  png: Buffer;
  seconds: number;
}

async function animation(frames: readonly Frame[]): Promise<Buffer> {
  const pictures = await Promise.all(
    frames.map(({ png }) => sharp(png).resize({ width: 900 }).png().toBuffer()),
  );
  return sharp(pictures, { join: { animated: true } })
    .gif({
      delay: frames.map(({ seconds }) => seconds * 1_000),
      loop: 0,
      colours: 128,
      effort: 10,
      interFrameMaxError: 8,
      dither: 0.4,
    })
    .toBuffer();
}

async function write(name: string, png: Buffer | undefined): Promise<void> {
  await writeFile(
    fileURLToPath(new URL(name, media)),
    await sharp(png).png({ palette: true, colours: 128, effort: 10 }).toBuffer(),
  );
}
