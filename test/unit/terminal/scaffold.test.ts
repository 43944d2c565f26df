import assert from 'node:assert/strict';
import { lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jimeng } from './cli.ts';

suite('jimeng scaffold', () => {
  let folder: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-scaffold-'));
  });
  teardown(() => rm(folder, { recursive: true }));
  const run = (...args: string[]) => jimeng(['scaffold', ...args], { cwd: folder });

  test('prints the code, in the manner of the project that it is called in', async () => {
    await writeFile(join(folder, 'package.json'), '{}');
    const [python, script, types] = [
      await run('webhook', '--lang', 'python'),
      await run('client', '--lang', 'js'),
      await run('client', '--lang', 'ts'),
    ];
    assert.match(python.stdout, /^"""Receives the calls[^]*def webhook_handler\(/);
    assert.match(
      script.stdout,
      /\nconst http = require\("node:http"\);\n[^]*\nexports\.JimengClient = JimengClient;\n/,
    );
    assert.match(
      types.stdout,
      /\nimport \* as http from 'node:http';\n[^]*\nexport class JimengClient/,
    );
    assert.deepEqual(
      [python.code, script.code, types.code, python.stderr + script.stderr + types.stderr],
      [0, 0, 0, ''],
    );
  });

  test('JavaScript keeps the comments and blank lines, and no trace of the types', async () => {
    const { stdout } = await run('client', '--lang', 'js');
    assert.match(
      stdout,
      /\n\n {2}\/\*\* Cancels what still waits at the service\.[^\n]* \*\/\n {2}async cancel\(jobId\) \{\n/,
    );
    assert.doesNotMatch(stdout, /\/\/~|\binterface\b|: string|<string>|[^\s:*] {2,}\S| $|\n{3}/m);
  });

  test('writes a new file and the folders above it; the name tells the language', async () => {
    const { code, stdout, stderr } = await run('client', '--output', 'src/deep/jimeng.py');
    assert.equal(code, 0);
    assert.equal(stdout, `${join(folder, 'src/deep/jimeng.py')}\n`);
    assert.match(stderr, /JIMENG_SESSION_ID/);
    assert.match(await readFile(stdout.trim(), 'utf8'), /^class JimengClient:$/m);
  });

  test('overwrites nothing: a sentence and exit code 2', async () => {
    await writeFile(join(folder, 'mine.ts'), 'mine');
    const { code, stdout, stderr } = await run('client', '--lang', 'ts', '--output', 'mine.ts');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /mine\.ts already exists and was left as it is/);
    assert.equal(await readFile(join(folder, 'mine.ts'), 'utf8'), 'mine');
  });

  test('writes nothing through a link: neither one in its place, nor a folder that leads out of the project', async () => {
    const project = join(folder, 'project');
    await mkdir(join(project, '.git'), { recursive: true });
    await mkdir(join(folder, 'outside'));
    const write = (output: string) =>
      jimeng(['scaffold', 'client', '--output', output], { cwd: project });
    await symlink('../outside/new.ts', join(project, 'client.ts'));
    await symlink('../outside', join(project, 'src'));
    await symlink('../new', join(project, 'lib'));
    const inPlace = await write('client.ts');
    assert.deepEqual([inPlace.code, inPlace.stdout], [2, '']);
    assert.match(inPlace.stderr, /already exists/);
    for (const [output, says] of [
      ['src/a.ts', /leads out of the project through a link/],
      ['src/deep/a.ts', /leads out/],
      ['lib/a.ts', /cannot be written/],
    ] as const) {
      const { code, stdout, stderr } = await write(output);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, says);
    }
    assert.deepEqual(await readdir(join(folder, 'outside')), []);
    await assert.rejects(lstat(join(folder, 'new')), { code: 'ENOENT' });
    assert.equal((await write('../outside/a.ts')).code, 0, 'that is named as it is');
  });

  for (const [what, args, says] of [
    ['no kind', ['--lang', 'ts'], /client.*webhook/],
    ['an unknown kind', ['server', '--lang', 'ts'], /client.*webhook/],
    ['two kinds', ['client', 'webhook', '--lang', 'ts'], /client.*webhook/],
    ['no language', ['client'], /--lang ts\|js\|python/],
    ['an unknown language', ['client', '--lang', 'go'], /ts, js, python.*"go"/],
    ['a name of another language', ['client', '--lang', 'ts', '--output', 'a.py'], /a\.py.*"ts"/],
    [
      'a folder that is a file',
      ['client', '--lang', 'ts', '--output', 'file/a.ts'],
      /cannot be written: (ENOTDIR|EEXIST)/,
    ],
    [
      'a folder as the file',
      ['client', '--lang', 'ts', '--output', 'folder'],
      /folder already exists/,
    ],
  ] as const) {
    test(`${what}: a sentence and exit code 2`, async () => {
      await mkdir(join(folder, 'folder'));
      await writeFile(join(folder, 'file'), '');
      const { code, stdout, stderr } = await run(...args);
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /^\s+at /m);
    });
  }
});
