import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoService, type DemoService } from '../../demo-service.ts';
import { partsOf } from '../../multipart.ts';
import { scriptedService } from '../../scripted-service.ts';
import { cutOff, pictureServer, type PictureServer } from '../output/picture-server.ts';
import { photo } from '../convert/samples.ts';
import { jimeng } from './cli.ts';

suite('jimeng image', () => {
  let folder: string;
  let service: DemoService;
  let pictures: PictureServer;
  const png = () => photo(60, 40).png().toBuffer();
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-image-'));
    await mkdir(join(folder, '.git'));
    service = await demoService();
    pictures = await pictureServer({
      '/far.png': await png(),
      '/page.html': Buffer.from('<html>not a picture</html>'),
      '/to-file.png': 'file:///etc/passwd',
      '/half.png': cutOff(await png()),
      '/%D6%D0.png': await png(),
    });
    await Promise.all([
      writeFile(join(folder, 'a.png'), await png()),
      writeFile(join(folder, 'B.JPG'), await photo(30, 30).jpeg().toBuffer()),
      writeFile(join(folder, '图 片.webp'), await photo(20, 50).webp().toBuffer()),
    ]);
  });
  teardown(async () => {
    await Promise.all([service.close(), pictures.close()]);
    await rm(folder, { recursive: true });
  });

  const run = (args: string[], url = service.url) =>
    jimeng(['image', ...args], {
      cwd: folder,
      env: { JIMENG_API_URL: url, JIMENG_SESSION_ID: '0123456789abcdef0123456789abcdef' },
    });
  const posted = () =>
    service.requests.filter(
      ({ method, path }) => method === 'POST' && path.startsWith('/v1/images'),
    );

  const parts = () => {
    const [request] = posted();
    assert.ok(request);
    return partsOf(request);
  };

  test('local files: one multipart request, all in the field "images", in their order, byte for byte', async () => {
    const { code, stdout, stderr } = await run([
      'make it rain',
      '--images',
      'a.png',
      'B.JPG',
      '图 片.webp',
      '--resolution',
      '1k',
      '--sample-strength',
      '0.6',
    ]);
    assert.equal(code, 0, stderr);
    assert.equal(posted().length, 1);
    assert.equal(posted()[0]?.path, '/v1/images/compositions');
    const hashes = await Promise.all([
      png(),
      photo(30, 30).jpeg().toBuffer(),
      photo(20, 50).webp().toBuffer(),
    ]);
    assert.deepEqual(await parts(), [
      ['model', 'jimeng-4.0'],
      ['prompt', 'make it rain'],
      ['ratio', '1:1'],
      ['resolution', '1k'],
      ['sample_strength', '0.6'],
      ['response_format', 'url'],
      ['async', 'true'],
      ['images', `a.png image/png ${sha256(hashes[0])}`],
      ['images', `B.JPG image/jpeg ${sha256(hashes[1])}`],
      ['images', `图 片.webp image/webp ${sha256(hashes[2])}`],
    ]);
    assert.match(stdout, /jimeng_\d{8}_\d{6}_1\.png/);
    assert.equal((await readdir(join(folder, 'pic'))).length, 1);
  });

  test('addresses alone: JSON, and nothing is loaded here', async () => {
    const among = await run(['--images', `${pictures.url}/far.png`, 'make it rain']);
    assert.equal(among.code, 2, 'a prompt that stands among the pictures is taken for one of them');
    assert.match(among.stderr, /Give one prompt/);
    const { code, stderr } = await run([
      'make it rain',
      '--images',
      `${pictures.url}/far.png`,
      '--resolution',
      '1k',
      '--async',
      '--wait',
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(posted()[0]!.bytes.toString()), {
      model: 'jimeng-4.0',
      prompt: 'make it rain',
      ratio: '1:1',
      resolution: '1k',
      response_format: 'url',
      async: true,
      images: [`${pictures.url}/far.png`],
    });
  });

  test('files and addresses: the addresses are loaded, and all goes as files', async () => {
    const { code, stderr } = await run([
      'make it rain',
      '--images',
      'a.png',
      `${pictures.url}/far.png`,
      '--resolution',
      '1k',
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      (await parts()).filter(([name]) => name === 'images').map(([, value]) => value.split(' ')[0]),
      ['a.png', 'far.png'],
    );
  });

  test("the seed's name of the endpoint is tried only where the other one is no route", async () => {
    const old = await scriptedService({
      'GET /': [
        {
          service: 'jimeng-api',
          status: 'running',
          endpoints: { images: '/v1/images/generations' },
        },
      ],
      'POST /v1/images/compositions': [{ code: -1000, message: '请检查API文档', data: null }],
      'POST /v1/images/edits': [{ code: -2009, message: '积分不足', data: null }],
    });
    try {
      const { code, stderr } = await run(['make it rain', '--images', 'a.png'], old.url);
      assert.equal(code, 1);
      assert.match(stderr, /not enough credits/);
      assert.deepEqual(
        [old.count('/v1/images/compositions'), old.count('/v1/images/edits')],
        [1, 1],
      );
    } finally {
      await old.close();
    }
  });

  test('--dry-run names the endpoint and the pictures, and sends nothing', async () => {
    const { code, stdout } = await run(['make it rain', '--images', 'a.png', '--dry-run']);
    assert.equal(code, 0);
    assert.match(stdout, /v1\/images\/compositions/);
    assert.match(stdout, /a\.png/);
    assert.deepEqual(service.requests, []);
  });

  for (const [what, prepare, images, sentence] of [
    ['none', undefined, [], /Pass the pictures/],
    ['a missing file', undefined, ['missing.png'], /There is no file/],
    [
      'an empty file',
      (path: string) => writeFile(join(path, 'empty.png'), ''),
      ['empty.png'],
      /is not a picture/,
    ],
    [
      'a file that is cut off',
      async (path: string) => {
        await writeFile(join(path, 'cut.png'), await png());
        await truncate(join(path, 'cut.png'), 500);
      },
      ['cut.png'],
      /cut off or damaged/,
    ],
    [
      'a text named .png',
      (path: string) => writeFile(join(path, 'text.png'), 'hello'),
      ['text.png'],
      /is not a picture/,
    ],
    [
      'a GIF',
      (path: string) => writeFile(join(path, 'x.gif'), 'GIF89a..............'),
      ['x.gif'],
      /does not accept x\.gif \(GIF\)/,
    ],
    [
      'a folder',
      (path: string) => mkdir(join(path, 'folder.png')),
      ['folder.png'],
      /does not exist or cannot be read/,
    ],
    [
      'eleven pictures',
      undefined,
      Array.from({ length: 11 }, () => 'a.png'),
      /1 to 10 pictures; 11/,
    ],
    [
      'exceed 100 MB',
      async (path: string) => {
        await writeFile(
          join(path, 'huge.jpg'),
          Buffer.concat([await photo(30, 30).jpeg().toBuffer()]),
        );
        await truncate(join(path, 'huge.jpg'), 200_000_000);
      },
      ['huge.jpg'],
      /100 MB/,
    ],
  ] as const) {
    test(`${what}: a sentence, and nothing is sent`, async () => {
      await prepare?.(folder);
      const { code, stderr } = await run(['make it rain', '--images', ...images]);
      assert.equal(code, 2);
      assert.match(stderr, sentence);
      assert.deepEqual(posted(), []);
    });
  }

  for (const [what, address, exit, sentence] of [
    ['a page', '/page.html', 2, /page\.html is not a picture/],
    ['nothing', '/none.png', 2, /none\.png does not exist or cannot be read/],
    [
      'the way to a file of this machine',
      '/to-file.png',
      2,
      /to-file\.png does not exist or cannot be read/,
    ],
    ['half of a picture', '/half.png', 2, /half\.png does not exist or cannot be read/],
  ] as const) {
    test(`an address that answers ${what}, beside a file: a sentence, and nothing is sent`, async () => {
      const { code, stderr } = await run([
        'make it rain',
        '--images',
        'a.png',
        `${pictures.url}${address}`,
      ]);
      assert.match(stderr, sentence);
      assert.equal(code, exit);
      assert.deepEqual(posted(), []);
    });
  }

  test('an address whose name is not encoded in UTF-8, as on older Chinese sites', async () => {
    const { code, stderr } = await run([
      'make it rain',
      '--images',
      'a.png',
      `${pictures.url}/%D6%D0.png`,
    ]);
    assert.equal(code, 0, stderr);
    assert.equal((await parts()).filter(([name]) => name === 'images').length, 2);
  });
});
