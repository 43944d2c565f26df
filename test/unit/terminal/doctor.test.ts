import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../../src/core/doctor/finding.ts';
import type { DemoService } from '../../demo-service.ts';
import { jimeng, useDemo, useFolder } from './cli.ts';

const session = 'f00dfacef00dfacef00dfacef00dface';

suite('jimeng doctor', () => {
  let folder: string;
  let demo: DemoService;
  useDemo(started => (demo = started));
  useFolder(path => (folder = path));

  const run = (args: string[] = [], env: Record<string, string> = {}) =>
    jimeng(['doctor', ...args], {
      cwd: folder,
      env: { JIMENG_API_URL: demo.url, JIMENG_SESSION_ID: session, ...env },
    });

  test('all is well: a line each, exit code 0, and no trace', async () => {
    const { code, stdout, stderr } = await run();
    assert.equal(code, 0, stdout);
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .filter(line => !line.startsWith('✓ ')),
      [],
    );
    for (const thing of [
      'Service',
      'Tasks',
      'Session ID',
      'Credits',
      'Port',
      'Proxy',
      'Output Folder',
      'Versions',
    ])
      assert.match(stdout, new RegExp(`^✓ ${thing}: `, 'm'));
    assert.equal(stderr, '');
    assert.ok(!stdout.includes(session));
    assert.deepEqual(await readdir(folder), []);
  });

  test('--json is one object', async () => {
    const { code, stdout } = await run(['--json'], { JIMENG_SESSION_ID: 'expired-0123456789' });
    assert.equal(code, 1);
    const { problems, findings } = JSON.parse(stdout) as { problems: number; findings: Finding[] };
    assert.equal(problems, 1);
    assert.deepEqual(
      findings.filter(({ level }) => level === 'problem').map(({ kind, fix }) => [kind, fix]),
      [['session', 'updateSessionId']],
    );
    assert.equal(stdout.trim().split('\n').length, 1);
  });

  for (const [what, args, env, line] of [
    ['no service', ['--api-url', 'http://127.0.0.1:9'], {}, /^✗ Service: No service answers/m],
    ['no session ID', [], { JIMENG_SESSION_ID: '' }, /^✗ Session ID: A session ID is needed/m],
    ['one that cannot be one', [], { JIMENG_SESSION_ID: 'two words' }, /^✗ Session ID: .*spaces/m],
    [
      'no credits',
      [],
      { JIMENG_SESSION_ID: 'nocredits-9876543210' },
      /^✗ Credits: There are not enough credits/m,
    ],
  ] as const) {
    test(`${what}: exit code 1`, async () => {
      const { code, stdout } = await run([...args], env);
      assert.equal(code, 1);
      assert.match(stdout, line);
    });
  }

  test('a folder that cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    const { code, stdout } = await run(['--output-dir', join('file', 'pic')]);
    assert.equal(code, 1);
    assert.match(stdout, /^✗ Output Folder: Nothing can be saved in .*ENOTDIR/m);
  });

  test('--claim claims the daily credits', async () => {
    const env = { JIMENG_SESSION_ID: 'nocredits-claimed-in-a-terminal' };
    assert.match((await run([], env)).stderr, /doctor --claim/);
    const { code, stdout } = await run(['--claim'], env);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^✓ Credits: 66 credits\.$/m);
    assert.match(stdout, /^✓ Credits: The daily credits were claimed\. Balance: 66\.$/m);
    assert.match(
      (await run(['--claim'], env)).stdout,
      /^! Credits: Nothing was claimed: there are still 66 credits/m,
    );
  });

  test('a wrong command line', async () => {
    const { code, stderr } = await run(['--wrong']);
    assert.equal(code, 2);
    assert.match(stderr, /--wrong/);
  });

  test('speaks Chinese where the environment does', async () => {
    assert.match(
      (await run([], { LANG: 'zh_CN.UTF-8' })).stdout,
      /^✓ 会话 ID: ••••face 格式正确，网站接受。$/m,
    );
  });
});
