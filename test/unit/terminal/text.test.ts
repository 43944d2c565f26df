import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { demoService, type DemoService } from '../../demo-service.ts';
import { jimeng, type CliOptions, useFolder } from './cli.ts';

const session = 'f00dfacef00dfacef00dfacef00dface';

suite('jimeng text', () => {
  let folder: string;
  let demo: DemoService;
  let stock: DemoService;
  suiteSetup(async () => {
    demo = await demoService();
    stock = await demoService({ kind: 'stock' });
  });
  suiteTeardown(() => Promise.all([demo.close(), stock.close()]));
  useFolder(path => (folder = path));

  const run = (args: string[], more: Partial<CliOptions> = {}) =>
    jimeng(['text', ...args], {
      cwd: folder,
      ...more,
      env: { JIMENG_SESSION_ID: session, JIMENG_API_URL: demo.url, ...more.env },
    });
  const small = ['--resolution', '1k'];

  test('saves four PNGs in pic/ of the project and prints paths and statistics', async () => {
    await mkdir(join(folder, '.git'));
    await mkdir(join(folder, 'src', 'deep'), { recursive: true });
    const { code, stdout } = await run(['a cute cat', ...small], {
      cwd: join(folder, 'src', 'deep'),
    });
    assert.equal(code, 0);
    const lines = stdout.trim().split('\n');
    const paths = lines.slice(0, -1);
    assert.match(
      lines.at(-1)!,
      /^4 received, 4 saved, 0 failed · jimeng-4\.0 · 1024×1024 pixels · [\d.]+ s$/,
    );
    assert.equal(paths.length, 4);
    paths.forEach((path, index) => {
      assert.equal(dirname(path), join(folder, 'pic'));
      assert.match(path, new RegExp(`jimeng_\\d{8}_\\d{6}_${index + 1}\\.png$`));
    });
    for (const path of paths) {
      const { format, width, height } = await sharp(path).metadata();
      assert.deepEqual({ format, width, height }, { format: 'png', width: 1024, height: 1024 });
    }
    assert.equal(
      (await readdir(join(folder, 'pic'))).length,
      4,
      'nothing but pictures stays in the folder',
    );
  });

  test('without a project root, pic/ is made in the current folder; twice overwrites nothing', async () => {
    await run(['a cute cat', ...small]);
    await run(['a cute cat', ...small]);
    assert.equal((await readdir(join(folder, 'pic'))).length, 8);
  });

  test('the home folder is no project, whatever lies in it', async () => {
    for (const marker of ['.claude', '.git']) await mkdir(join(folder, marker));
    const cwd = join(folder, 'drafts', 'today');
    await mkdir(cwd, { recursive: true });
    await symlink(folder, join(folder, 'another-way'));
    for (const home of [folder, join(folder, 'another-way')]) {
      const { stdout, stderr } = await run(['a cute cat', '--dry-run', '--json'], {
        cwd,
        env: { HOME: home },
      });
      assert.equal((JSON.parse(stdout) as { folder: string }).folder, join(cwd, 'pic'), stderr);
    }
    const { stdout } = await jimeng(['skill'], { cwd, env: { HOME: folder } });
    assert.equal(stdout.trim(), join(cwd, '.claude', 'skills', 'jimeng', 'SKILL.md'));
  });

  test('sends what was named and the defaults, nothing else', async () => {
    const before = demo.generationBodies().length;
    await run(['-', '--negative-prompt', 'dogs', '--sample-strength', '0.4', ...small], {
      input: 'a\u00a0cat,\n] "即梦" 🐈\n',
    });
    const sent = demo.generationBodies().slice(before);
    assert.equal(sent.length, 1);
    assert.deepEqual(sent[0], {
      model: 'jimeng-4.0',
      prompt: 'a\u00a0cat,\n] "即梦" 🐈',
      ratio: '1:1',
      resolution: '1k',
      negative_prompt: 'dogs',
      sample_strength: 0.4,
      response_format: 'url',
      async: true,
    });
  });

  test('--async prints the id and ends; --async --wait saves', async () => {
    const { code, stdout } = await run(['a cute cat', ...small, '--async']);
    assert.equal(code, 0);
    assert.match(stdout, /^[0-9a-f-]{36}\n$/);
    assert.deepEqual(await readdir(folder), ['.data']);
    const waited = await run(['a cute cat', ...small, '--async', '--wait']);
    assert.equal(waited.code, 0);
    assert.equal((await readdir(join(folder, 'pic'))).length, 4);
  });

  test('--async on a stock service sends nothing and says why; with --wait it is waited for', async () => {
    const env = { JIMENG_API_URL: stock.url };
    const refused = await run(['a cute cat', ...small, '--async'], { env });
    assert.equal(refused.code, 1);
    assert.equal(stock.service.generations, 0);
    const waited = await run(['a cute cat', ...small, '--async', '--wait'], { env });
    assert.equal(waited.code, 0);
    assert.equal(stock.service.generations, 1);
  });

  test('--json is one object on stdout, also on failure', async () => {
    const done = await run(['a cute cat', ...small, '--json']);
    const result = JSON.parse(done.stdout) as {
      status: string;
      files: { path: string; width: number; height: number }[];
      failed: unknown[];
    };
    assert.equal(result.status, 'completed');
    assert.deepEqual(
      result.files.map(({ width, height }) => [width, height]),
      Array(4).fill([1024, 1024]),
    );
    assert.deepEqual(result.failed, []);
    const failed = await run(['a cute cat', '--json'], {
      env: { JIMENG_SESSION_ID: 'expired-0123456789' },
    });
    assert.equal(failed.code, 1);
    assert.equal(
      (JSON.parse(failed.stdout) as { error: { kind: string } }).error.kind,
      'sessionExpired',
    );
    const refused = await run(['', '--json']);
    assert.equal(refused.code, 2);
    assert.equal((JSON.parse(refused.stdout) as { status: string }).status, 'refused');
  });

  for (const [what, args, env, code, says] of [
    ['no session ID', ['cat'], { JIMENG_SESSION_ID: '' }, 2, /JIMENG_SESSION_ID/],
    ['no prompt', [], {}, 2, /prompt/],
    ['two prompts', ['a', 'b'], {}, 2, /one prompt/],
    ['an unknown option', ['cat', '--size', '3'], {}, 2, /--size/],
    ['an unknown ratio', ['cat', '--ratio', '5:4'], {}, 2, /5:4/],
    ['a strength that is no number', ['cat', '--sample-strength', 'high'], {}, 2, /0.*1/],
    [
      'a word that is no model',
      ['cat', '--model', 'list'],
      {},
      2,
      /no model "list".*--allow-unknown-model/s,
    ],
    ['a mistyped model', ['cat', '--model', 'jimeng-40'], {}, 2, /Did you mean jimeng-4\.0\?/],
    ['a model the region lacks', ['cat', '--model', 'nanobanana'], {}, 2, /nanobanana/],
    [
      'plain http to another machine',
      ['cat', '--api-url', 'http://192.0.2.1:5100'],
      {},
      2,
      /--allow-http/,
    ],
    ['an address that is none', ['cat', '--api-url', 'localhost'], {}, 2, /http/],
    ['no service', ['cat', '--api-url', 'http://127.0.0.1:1'], {}, 1, /127\.0\.0\.1:1|service/],
    ['no credits', ['cat'], { JIMENG_SESSION_ID: 'nocredits-0123456789' }, 1, /credits/],
    ['risk control', ['cat'], { JIMENG_SESSION_ID: 'risk-0123456789' }, 1, /risk/i],
  ] as const) {
    test(`${what}: a sentence and exit code ${code}`, async () => {
      const before = demo.service.generations;
      const ended = await run([...args], { env });
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, says);
      assert.doesNotMatch(ended.stderr, /^\s+at /m, 'no stack');
      assert.equal(ended.stdout, '');
      assert.equal(demo.service.generations, before);
      assert.ok(!(await readdir(folder)).includes('pic'));
    });
  }

  test('--dry-run shows the request, the session ID masked, and sends nothing', async () => {
    const before = demo.requests.length;
    const { code, stdout } = await run(['a cute cat', '--ratio', '16:9', '--dry-run']);
    assert.equal(code, 0);
    assert.match(stdout, /"ratio": "16:9"/);
    assert.match(stdout, /2560×1440/);
    assert.ok(!stdout.includes(session));
    assert.equal(demo.requests.length, before);
  });

  test('--allow-unknown-model sends a model that is newer than this version, with a warning', async () => {
    const { code, stdout, stderr } = await run([
      'a cute cat',
      '--model',
      'jimeng-9',
      '--allow-unknown-model',
      '--dry-run',
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /"model": "jimeng-9"/);
    assert.match(stderr, /not known to this version/);
  });

  test('speaks Chinese where the environment does', async () => {
    const { stderr } = await run(['cat', '--ratio', '5:4'], { env: { LANG: 'zh_CN.UTF-8' } });
    assert.match(stderr, /比例/);
  });

  test('an interrupt of a held request asks once, and the second one ends it with 130', async () => {
    const slow = await demoService({ kind: 'stock', delayMs: 60_000 });
    try {
      const { code, stderr } = await run(['a cute cat', ...small], {
        env: { JIMENG_API_URL: slow.url },
        meanwhile: async child => {
          await slow.arrived('POST', '/v1/images/generations');
          await delay(300);
          child.kill('SIGINT');
          await delay(300);
          child.kill('SIGINT');
        },
      });
      assert.equal(code, 130);
      assert.match(stderr, /Press Ctrl-C again/);
      assert.match(stderr, /The credits may be spent/);
    } finally {
      await slow.close();
    }
  });

  test('the session ID stands in nothing that was written', async () => {
    await run(['a cute cat', ...small]);
    await run(['a cute cat', ...small, '--async', '--wait', '--json'], {
      env: { JIMENG_SESSION_ID: `us-${session}` },
    });
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const content = await readFile(join(entry.parentPath, entry.name));
      assert.ok(!content.includes(session), entry.name);
    }
  });
});
