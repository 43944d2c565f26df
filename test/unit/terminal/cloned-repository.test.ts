import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { THIS_PROCESS } from '../../../src/core/system/process.ts';
import type { DemoService } from '../../demo-service.ts';
import { agent } from '../agents/agent.ts';
import { makeVictim, snapshot, traps } from '../output/traps.ts';
import { jimeng, useDemo, useFolder } from './cli.ts';

const session = 'f00dfacef00dfacef00dfacef00dface';
const owner = `owner&task&${encodeURIComponent(THIS_PROCESS.host)}&${2 ** 30}`;
/** What git stores: of special files, empty folders and links with several names it knows nothing. */
const committed = Object.entries(traps).filter(
  ([what]) => !/FIFO|hard link|with a folder, named/.test(what),
);

suite('a cloned repository that brings links', () => {
  let folder: string;
  let project: string;
  let victim: string;
  let demo: DemoService;
  useDemo(started => (demo = started));
  useFolder(async path => {
    folder = path;
    project = join(folder, 'project');
    victim = join(folder, 'victim');
    await makeVictim(victim, owner);
  });

  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e@example.org', ...args], {
      cwd,
      stdio: 'pipe',
    });
  /** A clone of a repository with these contents. */
  async function clone(fill: (origin: string) => Promise<unknown>): Promise<void> {
    const origin = join(folder, 'origin');
    await mkdir(origin);
    git(origin, 'init', '--quiet');
    await fill(origin);
    git(origin, 'add', '--all', '--force');
    git(origin, 'commit', '--quiet', '--allow-empty', '--message', 'Add pictures');
    git(folder, 'clone', '--quiet', origin, project);
    await rm(origin, { recursive: true });
  }
  /** A trap for each second of the next minute, and for some of the past. */
  async function everyTrap(origin: string): Promise<void> {
    const pic = join(origin, 'pic');
    await mkdir(pic);
    const two = (value: number) => String(value).padStart(2, '0');
    for (const [index, [, trap]] of committed.entries()) {
      await trap(join(pic, `.jimeng_20250101_0000${two(index)}.saving`), victim, owner);
      const soon = new Date(Date.now() + (index + 1) * 1_000);
      const day = `${soon.getFullYear()}${two(soon.getMonth() + 1)}${two(soon.getDate())}`;
      await trap(
        join(
          pic,
          `.jimeng_${day}_${two(soon.getHours())}${two(soon.getMinutes())}${two(soon.getSeconds())}.saving`,
        ),
        victim,
        owner,
      );
      await symlink(
        join(victim, 'thesis.txt'),
        join(
          pic,
          `jimeng_${day}_${two(soon.getHours())}${two(soon.getMinutes())}${two(soon.getSeconds())}_1.png`,
        ),
      );
    }
  }
  const run = (...args: string[]) =>
    jimeng(args, {
      cwd: project,
      env: {
        JIMENG_SESSION_ID: session,
        JIMENG_API_URL: demo.url,
        XDG_DATA_HOME: join(folder, '.data'),
      },
    });
  const generate = (...more: string[]) => run('text', 'a cute cat', '--resolution', '1k', ...more);
  const isPng = async (path: string) => (await readFile(path)).subarray(1, 4).toString() === 'PNG';

  test('the terminal saves its pictures, and changes nothing that was there', async () => {
    await clone(everyTrap);
    const before = [await snapshot(victim), git(project, 'status', '--porcelain').toString()];
    const { code, stdout, stderr } = await generate();
    assert.equal(code, 0, stderr);
    assert.match(stdout, /4 received, 4 saved, 0 failed/);
    const paths = stdout.trim().split('\n').slice(0, -1);
    for (const path of paths) {
      assert.equal(dirname(path), join(project, 'pic'));
      assert.ok((await lstat(path)).isFile() && (await isPng(path)), path);
    }
    for (const path of paths) await rm(path);
    assert.deepEqual(
      [await snapshot(victim), git(project, 'status', '--porcelain').toString()],
      before,
    );
  });

  test('so does an agent', async () => {
    await clone(everyTrap);
    const before = [await snapshot(victim), git(project, 'status', '--porcelain').toString()];
    const { call, close } = await agent({ folder, url: demo.url, roots: [project] });
    try {
      const answer = await call('generate_image', { prompt: 'a cute cat', resolution: '1k' });
      assert.equal(answer.status, 'completed', JSON.stringify(answer));
      assert.equal(answer.files?.length, 4);
      for (const { path } of answer.files) {
        assert.equal(dirname(path), join(project, 'pic'));
        assert.ok((await lstat(path)).isFile() && (await isPng(path)), path);
        await rm(path);
      }
    } finally {
      await close();
    }
    assert.deepEqual(
      [await snapshot(victim), git(project, 'status', '--porcelain').toString()],
      before,
    );
  });

  for (const [what, target] of [
    ['to a folder', '../victim'],
    ['to a folder by its whole path', undefined],
  ] as const) {
    test(`"pic" as a link out of the project, ${what}: a sentence, and nothing is sent`, async () => {
      await clone(origin => symlink(target ?? victim, join(origin, 'pic')));
      const before = await snapshot(victim);
      const sent = demo.requests.length;
      for (const args of [[], ['--dry-run'], ['--json']]) {
        const { code, stdout, stderr } = await generate(...args);
        assert.equal(code, 2);
        assert.match(
          args.includes('--json') ? stdout : stderr,
          /pic is a link that leads out of the project.*--output-dir/,
        );
      }
      const lookedUp = await run('task', 'some-id', '--save');
      assert.equal(lookedUp.code, 2);
      assert.match(lookedUp.stderr, /leads out of the project.*--output-dir/);
      assert.equal(demo.requests.length, sent);
      const doctor = await run('doctor');
      assert.match(doctor.stdout, /✗ .*pic is a link that leads out of the project/);
      assert.deepEqual(await snapshot(victim), before);
    });
  }

  test('"pic" as a link out of the project that is named', async () => {
    await clone(origin => symlink('../victim', join(origin, 'pic')));
    const { code, stdout } = await generate('--output-dir', 'pic');
    assert.equal(code, 0);
    assert.match(stdout, /4 received, 4 saved/);
    assert.equal((await readdir(victim)).filter(name => name.endsWith('.png')).length, 4);
  });

  test('"pic" as a link that stays in the project', async () => {
    await clone(async origin => {
      await mkdir(join(origin, 'assets'));
      await symlink('assets', join(origin, 'pic'));
    });
    await mkdir(join(project, 'assets')); // git stores no empty folder
    assert.match((await generate()).stdout, /4 received, 4 saved/);
    assert.equal((await readdir(join(project, 'assets'))).length, 4);
  });

  for (const [what, target, says] of [
    ['to itself', 'pic', /ELOOP/],
    ['to nothing outside', '../new', /a broken link/],
    ['to nothing inside', 'new', /a broken link/],
  ] as const) {
    test(`"pic" as a link ${what}`, async () => {
      await clone(origin => symlink(target, join(origin, 'pic')));
      const sent = demo.requests.length;
      const { code, stderr } = await generate();
      assert.equal(code, 2);
      assert.match(stderr, /pic cannot be used as the folder for pictures: .*--output-dir/);
      assert.match(stderr, says);
      assert.equal(demo.requests.length, sent);
      await assert.rejects(lstat(join(folder, 'new')), { code: 'ENOENT' });
    });
  }
});
