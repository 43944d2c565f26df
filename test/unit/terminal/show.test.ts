import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embed } from '../../../src/core/images/metadata.ts';
import type { DemoService } from '../../demo-service.ts';
import { settings } from '../output/saver.ts';
import { photo } from '../convert/samples.ts';
import { jimeng, useDemo, useFolder } from './cli.ts';

const session = 'feedf00dfeedf00dfeedf00dfeedf00d';

suite('jimeng show', () => {
  let folder: string;
  let demo: DemoService;
  useDemo(started => (demo = started));
  useFolder(async path => {
    folder = path;
    await mkdir(join(folder, '.git'));
  });

  const generate = (args: string[], env: Record<string, string> = {}, input = '') =>
    jimeng([...args, '--resolution', '1k'], {
      cwd: folder,
      input,
      env: { JIMENG_SESSION_ID: session, JIMENG_API_URL: demo.url, ...env },
    });
  /** Without a session, a service, or the ledger of this machine. */
  const show = (args: string[], env: Record<string, string> = {}) =>
    jimeng(['show', ...args], {
      cwd: folder,
      env: { XDG_DATA_HOME: join(folder, 'another'), ...env },
    });
  const saved = async () =>
    (await readdir(join(folder, 'pic'))).sort().map(name => join(folder, 'pic', name));

  test('of a picture that was renamed and moved: the whole request, and nothing of the machine', async () => {
    const prompt = '一只猫 🐈 "quoted" --> </script>\n第二行';
    assert.equal(
      (
        await generate(
          ['text', '-', '--ratio', '16:9', '--negative-prompt', '狗', '--sample-strength', '0.4'],
          {},
          `${prompt}\n`,
        )
      ).code,
      0,
    );
    const [first = '', ...others] = await saved();
    assert.equal(others.length, 3);
    for (const path of [first, ...others]) {
      const text = (await readFile(path)).toString('latin1');
      for (const secret of [session, folder, demo.url]) assert.ok(!text.includes(secret), secret);
      assert.match(text, /digitalsourcetype\/algorithmicMedia/);
    }
    await mkdir(join(folder, 'assets'));
    await rename(first, join(folder, 'assets', '猫.png'));
    await rm(join(folder, '.data'), { recursive: true });
    const { code, stdout, stderr } = await show(['assets/猫.png', '--json']);
    assert.equal(code, 0, stderr);
    const { path, time, version, ...rest } = JSON.parse(stdout) as Record<string, string>;
    assert.deepEqual(rest, {
      format: 1,
      service: { demo: true, kind: 'task' },
      request: {
        kind: 'image',
        prompt,
        model: 'jimeng-4.0',
        ratio: '16:9',
        resolution: '1k',
        negativePrompt: '狗',
        sampleStrength: 0.4,
      },
    });
    assert.equal(path, join(folder, 'assets', '猫.png'));
    assert.ok(Math.abs(Date.parse(time ?? '') - Date.now()) < 600_000);
    assert.equal(
      version,
      (
        JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8')) as {
          version: string;
        }
      ).version,
    );
  });

  test('in words of both languages, the prompt just as it was typed', async () => {
    const prompt = '一只猫 🐈 --> </script>\n第二行';
    const picture = {
      ...settings,
      request: {
        ...settings.request,
        prompt,
        negativePrompt: '狗',
        sampleStrength: 0.4,
        intelligentRatio: true,
      },
    };
    await writeFile(
      join(folder, 'cat.png'),
      await embed(await photo(9, 9).png().toBuffer(), picture),
    );
    const { code, stdout } = await show(['cat.png']);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^Model: jimeng-4\.0\nRatio: 1:1\nResolution: 2k\nNegative Prompt: 狗\nSample Strength: 0\.4\nIntelligent Ratio: on[^\n]*\nService: jimeng-api, with tasks\nSent: .+\nSaved by: Jimeng for VS Code 1\.2\.3\n\nPrompt\n\n/,
    );
    assert.ok(stdout.endsWith(`\n\n${prompt}\n`));
    assert.match(
      (await show(['cat.png'], { LANG: 'zh_CN.UTF-8' })).stdout,
      /^模型：jimeng-4\.0\n[^]*反向提示词：狗\n[^]*提示词\n\n一只猫/,
    );
  });

  test('of one made from others: their names and what they held', async () => {
    const bytes = await photo(60, 40).png().toBuffer();
    await writeFile(join(folder, '图 a.png'), bytes);
    const { code, stderr } = await generate(['image', 'make it rain', '--images', '图 a.png']);
    assert.equal(code, 0, stderr);
    const { request } = JSON.parse((await show([...(await saved()), '--json'])).stdout) as {
      request: { images: object };
    };
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    assert.deepEqual(request.images, [{ name: '图 a.png', sha256 }]);
    assert.match(
      (await show(await saved())).stdout,
      new RegExp(`Picture 1: 图 a\\.png · SHA-256 ${sha256}\n`),
    );
  });

  test('of a task that another program began: no more than the service says, and that it is a demo', async () => {
    const answer = await fetch(`${demo.url}/v1/images/generations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'jimeng-4.5',
        prompt: 'a cat',
        ratio: '1:1',
        resolution: '1k',
        async: true,
      }),
    });
    const { task_id: id } = (await answer.json()) as { task_id: string };
    const { code, stderr } = await jimeng(['task', id, '--wait', '--save'], {
      cwd: folder,
      env: { JIMENG_API_URL: demo.url },
    });
    assert.equal(code, 0, stderr);
    const { request, service } = JSON.parse(
      (await show([(await saved())[0] ?? '', '--json'])).stdout,
    ) as { request: object; service: object };
    assert.deepEqual(
      [request, service],
      [
        { kind: 'image', prompt: 'a cat', model: 'jimeng-4.5' },
        { demo: true, kind: 'task' },
      ],
    );
  });

  test('JIMENG_METADATA=noPrompt leaves the words out; any other value is refused before anything is sent', async () => {
    assert.equal(
      (
        await generate(['text', 'a secret cat', '--negative-prompt', 'plain dogs'], {
          JIMENG_METADATA: 'noPrompt',
        })
      ).code,
      0,
    );
    const [first = ''] = await saved();
    assert.doesNotMatch((await readFile(first)).toString('latin1'), /secret|plain dogs/);
    assert.match(
      (await show([first])).stdout,
      /^Model: jimeng-4\.0\n[^]*\n\nThe prompt was not recorded\.\n$/,
    );
    const before = demo.requests.length;
    const { code, stderr } = await generate(['text', 'a cat'], { JIMENG_METADATA: 'none' });
    assert.equal(code, 2);
    assert.match(stderr, /JIMENG_METADATA is "all" or "noPrompt", not "none"/);
    assert.equal(demo.requests.length, before);
  });

  test('control characters of a hostile picture do not reach the terminal', async () => {
    const evil = {
      ...settings,
      request: {
        ...settings.request,
        prompt: 'a\u001b[2J\u009b31m\u0007\r\u202ecat',
        model: 'm\u001b]0;x\u0007',
      },
    };
    await writeFile(
      join(folder, 'evil.png'),
      await embed(await photo(9, 9).png().toBuffer(), evil),
    );
    for (const args of [['evil.png'], ['evil.png', '--json']]) {
      const { code, stdout } = await show(args);
      assert.equal(code, 0);
      assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });

  for (const [what, args, code, sentence] of [
    ['no file named', [], 2, /Name one picture/],
    ['two files', ['a.png', 'b.png'], 2, /Name one picture/],
    ['a missing file', ['none.png'], 2, /The file none\.png does not exist or cannot be read/],
    ['a folder', ['.git'], 2, /does not exist or cannot be read/],
    [
      'a picture of a camera',
      ['photo.png'],
      1,
      /photo\.png contains no generation settings\.\nOnly PNG/,
    ],
    ['a text', ['notes.txt'], 1, /notes\.txt contains no generation settings/],
  ] as const) {
    test(`${what}: a sentence`, async () => {
      await writeFile(join(folder, 'photo.png'), await photo(9, 9).png().toBuffer());
      await writeFile(join(folder, 'notes.txt'), 'hello');
      const ended = await show([...args]);
      assert.equal(ended.code, code);
      assert.match(ended.stderr, sentence);
      const { status, error } = JSON.parse((await show([...args, '--json'])).stdout) as {
        status: string;
        error: { kind: string };
      };
      assert.equal(status, code === 2 ? 'refused' : 'failed');
      assert.notEqual(error.kind, '');
    });
  }
});
