import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMp4 } from '../../../src/core/images/mp4.ts';
import { demoService, type DemoService } from '../../demo-service.ts';
import { partsOf } from '../../multipart.ts';
import { pictureServer, type PictureServer } from '../output/picture-server.ts';
import { photo } from '../convert/samples.ts';
import { mp4 } from '../output/samples.ts';
import { jimeng } from './cli.ts';

suite('jimeng video', () => {
  let folder: string;
  let service: DemoService;
  let pictures: PictureServer;
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const first = () => photo(90, 60).png().toBuffer();
  const last = () => photo(60, 90).jpeg().toBuffer();

  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-video-'));
    await mkdir(join(folder, '.git'));
    service = await demoService();
    pictures = await pictureServer({
      '/far.png': await photo(50, 50).png().toBuffer(),
      '/dance.mp4': mp4(),
    });
    await Promise.all([
      writeFile(join(folder, 'first.png'), await first()),
      writeFile(join(folder, 'last.jpg'), await last()),
      writeFile(join(folder, 'dance.mp4'), mp4()),
    ]);
  });
  teardown(async () => {
    await Promise.all([service.close(), pictures.close()]);
    await rm(folder, { recursive: true });
  });

  const run = (args: string[], url = service.url) =>
    jimeng(args, {
      cwd: folder,
      env: { JIMENG_API_URL: url, JIMENG_SESSION_ID: '0123456789abcdef0123456789abcdef' },
    });
  const posted = () =>
    service.requests.filter(({ method, path }) => method === 'POST' && path.startsWith('/v1/'));
  const body = () => JSON.parse(posted()[0]!.bytes.toString()) as unknown;
  const saved = async () =>
    (await readdir(join(folder, 'pic'))).filter(name => !name.startsWith('.'));

  test('words alone: one POST with nothing that nobody chose, and a video that plays', async () => {
    const { code, stdout, stderr } = await run(['video', 'a cat jumps']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      posted().map(({ path }) => path),
      ['/v1/videos/generations'],
    );
    assert.deepEqual(body(), {
      model: 'jimeng-video-3.5-pro',
      prompt: 'a cat jumps',
      response_format: 'url',
      async: true,
    });
    const [path = '', statistics] = stdout.split('\n');
    assert.match(path, /pic\/jimeng_\d{8}_\d{6}_1\.mp4$/);
    assert.match(
      statistics ?? '',
      /^1 received, 1 saved, 0 failed · jimeng-video-3\.5-pro · \d+×\d+ pixels/,
    );
    assert.ok(await readMp4(new Blob([await readFile(path)])));
    assert.match(stderr, /made by the demo service/);
    assert.equal((await saved()).length, 1);
  });

  for (const [what, images] of [
    ['nothing', ['--images']],
    ['an empty word', ['--images', '']],
    ['an empty value', ['--images=']],
    ['an empty word among others', ['--images', 'first.png', '']],
  ] as const) {
    test(`--images with ${what} is refused, and no video is made from words alone`, async () => {
      for (const args of [
        ['it moves', ...images],
        [...images, '--duration', '5', 'it moves'],
      ]) {
        const { code, stderr } = await run(['video', ...args]);
        assert.equal(code, 2);
        assert.match(stderr, /--images/);
      }
      assert.deepEqual(posted(), []);
    });
  }

  test('a mistyped model is refused', async () => {
    const { code, stderr } = await run(['video', 'a cat jumps', '--model', 'jimeng-video-30']);
    assert.equal(code, 2);
    assert.match(stderr, /Did you mean jimeng-video-3\.0\?.*--allow-unknown-model/s);
    assert.deepEqual(posted(), []);
  });

  test('--allow-unknown-model sends a model that is newer than this version', async () => {
    const { code, stdout, stderr } = await run([
      'video',
      'a cat jumps',
      '--model',
      'jimeng-video-9',
      '--allow-unknown-model',
      '--dry-run',
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /"model": "jimeng-video-9"/);
  });

  test('twelve materials go to a service without tasks, which takes them, and not to one with tasks', async () => {
    const stock = await demoService({ kind: 'stock' });
    try {
      const images = [
        ...Array.from({ length: 9 }, () => `${pictures.url}/far.png`),
        ...Array.from({ length: 3 }, () => `${pictures.url}/dance.mp4`),
      ];
      const args = [
        'video',
        '@image_file_1',
        '--omni-reference',
        '--model',
        'jimeng-video-seedance-2.0',
        '--images',
        ...images,
      ];
      const refused = await run(args);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /1 to 9 materials; 12/);
      assert.deepEqual(posted(), []);
      const sent = await run(args, stock.url);
      assert.match(sent.stderr, /4013/);
      assert.equal(stock.requests.filter(({ method }) => method === 'POST').length, 1, sent.stderr);
    } finally {
      await stock.close();
    }
  });

  test('options that were chosen are sent, with the duration as a number', async () => {
    await run([
      'video',
      'a cat jumps',
      '--model',
      'jimeng-video-3.0',
      '--ratio',
      '9:16',
      '--resolution',
      '1080p',
      '--duration',
      '10',
    ]);
    assert.deepEqual(body(), {
      model: 'jimeng-video-3.0',
      prompt: 'a cat jumps',
      ratio: '9:16',
      resolution: '1080p',
      duration: 10,
      response_format: 'url',
      async: true,
    });
  });

  test('two files: each in a field of its own, in their order, byte for byte', async () => {
    const { code, stderr } = await run([
      'video',
      'from here to there',
      '--images',
      'first.png',
      'last.jpg',
      '--duration',
      '5',
    ]);
    assert.equal(code, 0, stderr);
    assert.equal(posted().length, 1);
    assert.deepEqual(await partsOf(posted()[0]!), [
      ['model', 'jimeng-video-3.5-pro'],
      ['prompt', 'from here to there'],
      ['duration', '5'],
      ['response_format', 'url'],
      ['async', 'true'],
      ['image_file_1', `first.png image/png ${sha256(await first())}`],
      ['image_file_2', `last.jpg image/jpeg ${sha256(await last())}`],
    ]);
  });

  test('addresses alone: file_paths, and nothing is loaded here', async () => {
    const { code, stderr } = await run([
      'video',
      'it moves',
      '--images',
      `${pictures.url}/far.png`,
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(body(), {
      model: 'jimeng-video-3.5-pro',
      prompt: 'it moves',
      response_format: 'url',
      async: true,
      file_paths: [`${pictures.url}/far.png`],
    });
  });

  test('a file and an address: the address is loaded, and both go as files', async () => {
    const { code, stderr } = await run([
      'video',
      'it moves',
      '--images',
      `${pictures.url}/far.png`,
      'last.jpg',
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      (await partsOf(posted()[0]!)).slice(-2).map(([field, value]) => [field, value.split(' ')[0]]),
      [
        ['image_file_1', 'far.png'],
        ['image_file_2', 'last.jpg'],
      ],
    );
  });

  test('materials: pictures and videos, in the fields by which the prompt names them', async () => {
    const model = ['--model', 'jimeng-video-seedance-2.0', '--omni-reference'];
    const files = await run([
      'video',
      '@image_file_1 and @image_file_2 dance like @video_file_1',
      ...model,
      '--images',
      'first.png',
      'dance.mp4',
      'last.jpg',
    ]);
    assert.equal(files.code, 0, files.stderr);
    assert.deepEqual((await partsOf(posted()[0]!)).slice(2), [
      ['functionMode', 'omni_reference'],
      ['response_format', 'url'],
      ['async', 'true'],
      ['image_file_1', `first.png image/png ${sha256(await first())}`],
      ['video_file_1', `dance.mp4 video/mp4 ${sha256(mp4())}`],
      ['image_file_2', `last.jpg image/jpeg ${sha256(await last())}`],
    ]);
    service.requests.length = 0;
    const addresses = await run([
      'video',
      '@image_file_1 dances like @video_file_1',
      ...model,
      '--images',
      `${pictures.url}/dance.mp4`,
      `${pictures.url}/far.png`,
    ]);
    assert.equal(addresses.code, 0, addresses.stderr);
    assert.deepEqual(body(), {
      model: 'jimeng-video-seedance-2.0',
      prompt: '@image_file_1 dances like @video_file_1',
      functionMode: 'omni_reference',
      response_format: 'url',
      async: true,
      video_file_1: `${pictures.url}/dance.mp4`,
      image_file_1: `${pictures.url}/far.png`,
    });
  });

  test('left with the service, and saved later', async () => {
    const left = await run(['video', 'a cat jumps', '--async']);
    assert.equal(left.code, 0, left.stderr);
    const id = left.stdout.trim();
    const { code, stdout, stderr } = await run(['task', id, '--wait', '--save']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /_1\.mp4\n/);
    assert.equal(service.service.generations, 1);
  });

  test('a stock service is waited for', async () => {
    const stock = await demoService({ kind: 'stock' });
    try {
      const { code, stderr } = await run(['video', 'a cat jumps'], stock.url);
      assert.equal(code, 0, stderr);
      assert.equal(stock.service.generations, 1);
      assert.match((await saved()).join(), /^jimeng_\d+_\d+_1\.mp4$/);
    } finally {
      await stock.close();
    }
  });

  test('dead links of better qualities, and a connection that is cut', async () => {
    const { code, stdout, stderr } = await run(['video', 'a cat jumps #hq-dead #cut', '--json']);
    assert.equal(code, 0, stderr);
    const { status, files } = JSON.parse(stdout) as { status: string; files: { path: string }[] };
    assert.equal(status, 'completed');
    assert.ok(await readMp4(new Blob([await readFile(files[0]!.path)])));
  });

  test('--dry-run shows the request, and sends nothing', async () => {
    const { code, stdout } = await run([
      'video',
      'a cat jumps',
      '--images',
      'first.png',
      '--dry-run',
      '--json',
    ]);
    assert.equal(code, 0);
    const { request } = JSON.parse(stdout) as {
      request: { url: string; body: Record<string, string> };
    };
    assert.match(request.url, /\/v1\/videos\/generations$/);
    assert.match(request.body['image_file_1'] ?? '', /first\.png$/);
    assert.deepEqual(service.requests, []);
  });

  for (const [what, args, sentence] of [
    [
      'a model that the site lacks',
      ['--model', 'jimeng-video-veo3'],
      /silently use jimeng-video-3\.5-pro/,
    ],
    [
      'a duration that the model lacks',
      ['--model', 'jimeng-video-3.0', '--duration', '7'],
      /videos of 5, 10 seconds, not of 7/,
    ],
    ['a duration that is no number', ['--duration', 'long'], /not of NaN|seconds/],
    ['three frames', ['--images', 'first.png', 'last.jpg', 'first.png'], /3 are chosen/],
    ['a video as a frame', ['--images', 'dance.mp4'], /A frame is a picture/],
    [
      'materials for a model that takes none',
      ['--omni-reference', '--images', 'first.png'],
      /takes no materials/,
    ],
    ['a missing file', ['--images', 'missing.png'], /There is no file/],
    ['an option of pictures', ['--negative-prompt', 'dogs'], /negative-prompt/],
  ] as const) {
    test(`${what}: a sentence, and nothing is sent`, async () => {
      const { code, stderr } = await run(['video', 'a cat jumps', ...args]);
      assert.equal(code, 2);
      assert.match(stderr, sentence);
      assert.deepEqual(posted(), []);
    });
  }

  test('a text named .mp4: a sentence, and nothing is sent', async () => {
    await writeFile(join(folder, 'text.mp4'), 'hello');
    const { code, stderr } = await run([
      'video',
      '@video_file_1',
      '--omni-reference',
      '--model',
      'jimeng-video-seedance-2.0',
      '--images',
      'text.mp4',
    ]);
    assert.equal(code, 2);
    assert.match(stderr, /text\.mp4 is not a video/);
    assert.deepEqual(posted(), []);
  });
});
