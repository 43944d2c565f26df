import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  imageModels,
  IMAGE_DEFAULTS,
  ratios,
  resolutions,
} from '../../../src/core/request/models.ts';
import { optionRows } from '../../../src/core/request/option-values.ts';
import { VIDEO_DEFAULTS } from '../../../src/core/request/video-models.ts';
import { flagOf } from '../../../src/terminal/generation/options.ts';
import { help as helpOf } from '../../../src/terminal/main.ts';
import { makeVictim, snapshot } from '../output/traps.ts';
import { jimeng } from './cli.ts';

suite('jimeng skill', () => {
  let folder: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-skill-'));
  });
  teardown(() => rm(folder, { recursive: true }));
  const run = (...args: string[]) => jimeng(['skill', ...args], { cwd: folder });

  test('writes the file where agents look for it in the project, and says where', async () => {
    await mkdir(join(folder, '.git'));
    await mkdir(join(folder, 'src'));
    const { code, stdout } = await jimeng(['skill'], { cwd: join(folder, 'src') });
    const path = join(folder, '.claude', 'skills', 'jimeng', 'SKILL.md');
    assert.deepEqual([code, stdout], [0, `${path}\n`]);
    assert.equal(await readFile(path, 'utf8'), (await run('--output', '-')).stdout);
  });

  test('twice is well; another file is left alone without --force', async () => {
    const path = join(folder, 'here', 'SKILL.md');
    assert.equal((await run('--output', 'here')).code, 0);
    const again = await run('--output', 'here');
    assert.deepEqual([again.code, again.stdout], [0, `${path}\n`]);
    await writeFile(path, 'mine');
    const refused = await run('--output', 'here');
    assert.deepEqual([refused.code, refused.stdout], [2, '']);
    assert.match(refused.stderr, /--force/);
    assert.equal(await readFile(path, 'utf8'), 'mine');
    assert.equal((await run('--output', 'here', '--force')).code, 0);
    assert.match(await readFile(path, 'utf8'), /^---\nname: jimeng\n/);
  });

  suite('in a repository that brings links', () => {
    let project: string;
    let victim: string;
    setup(async () => {
      project = join(folder, 'project');
      victim = join(folder, 'victim');
      await mkdir(join(project, '.git'), { recursive: true });
      await makeVictim(victim, 'owner');
    });
    const write = (...args: string[]) => jimeng(['skill', ...args], { cwd: project });
    const path = () => join(project, '.claude', 'skills', 'jimeng', 'SKILL.md');
    const linked = async (target: string) => {
      await mkdir(dirname(path()), { recursive: true });
      await symlink(target, path());
    };

    test('a file that is a link is left alone; with --force the link is replaced, not what it leads to', async () => {
      for (const target of [
        join(victim, 'thesis.txt'),
        '../../../../victim/thesis.txt',
        join(victim, 'new'),
        victim,
        'SKILL.md',
        '/dev/zero',
        '/dev/null',
      ]) {
        await linked(target);
        const before = await snapshot(victim);
        const refused = await write();
        assert.deepEqual([refused.code, refused.stdout], [2, ''], target);
        assert.match(refused.stderr, /--force/);
        assert.ok((await lstat(path())).isSymbolicLink());
        const forced = await write('--force');
        assert.deepEqual([forced.code, forced.stdout], [0, `${path()}\n`], target);
        assert.ok((await lstat(path())).isFile());
        assert.match(await readFile(path(), 'utf8'), /^---\nname: jimeng\n/);
        assert.deepEqual(await snapshot(victim), before);
        await rm(path());
      }
    });

    test('a FIFO and a folder in its place', async () => {
      await mkdir(path(), { recursive: true });
      const refused = await write('--force');
      assert.deepEqual([refused.code, refused.stdout], [2, '']);
      assert.match(refused.stderr, /cannot be written/);
      await rm(path(), { recursive: true });
      execFileSync('mkfifo', [path()]);
      assert.equal((await write()).code, 2);
      assert.equal((await write('--force')).code, 0);
      assert.ok((await lstat(path())).isFile());
    });

    test('a folder above it that leads out of the project is refused, and said', async () => {
      const outside = join(folder, 'new');
      for (const [at, target, says] of [
        ['.claude', victim, /leads out of the project through a link.*--output/],
        ['.claude/skills', '../../victim', /leads out/],
        ['.claude/skills/jimeng', outside, /cannot be written/],
        ['.claude/skills', '../../new', /cannot be written/],
      ] as const) {
        await mkdir(dirname(join(project, at)), { recursive: true });
        await symlink(target, join(project, at));
        const before = await snapshot(victim);
        for (const args of [[], ['--force'], ['--output', '.claude/skills/jimeng', '--force']]) {
          const { code, stdout, stderr } = await write(...args);
          assert.deepEqual([code, stdout], [2, ''], at);
          assert.match(stderr, says);
        }
        assert.deepEqual(await snapshot(victim), before);
        await assert.rejects(lstat(outside), { code: 'ENOENT' });
        await rm(join(project, '.claude'), { recursive: true });
      }
    });

    test('a folder that is named by its own path, and one that stays in the project', async () => {
      assert.equal((await write('--output', '../victim')).code, 0);
      await mkdir(join(project, 'docs'));
      await symlink('docs', join(project, '.claude'));
      assert.equal((await write()).code, 0);
      assert.equal(
        (await stat(join(project, 'docs', 'skills', 'jimeng', 'SKILL.md'))).mode & 0o044,
        0o044,
        'others may read it',
      );
      assert.equal((await write('--force')).code, 0);
      await writeFile(path(), 'mine');
      assert.equal((await write('--force')).code, 0);
      assert.equal((await stat(path())).mode & 0o044, 0o044, 'others may read it');
    });
  });
});

suite('SKILL.md', () => {
  let text: string;
  suiteSetup(async () => {
    text = await readFile(new URL('../../../src/agents/skill/SKILL.md', import.meta.url), 'utf8');
  });

  test('has a front matter with a name and a description as agents take them', () => {
    const [, front = ''] = /^---\n(.*?)\n---\n/s.exec(text) ?? [];
    const fields = Object.fromEntries(
      front.split('\n').map(line => /^(\w+): (.+)$/.exec(line)!.slice(1, 3) as [string, string]),
    );
    assert.deepEqual(Object.keys(fields), ['name', 'description']);
    assert.match(fields['name']!, /^[a-z0-9-]{1,64}$/);
    const description: unknown = JSON.parse(fields['description']!); // a text in double quotes is the same in YAML and JSON
    assert.ok(
      typeof description === 'string' && description.length > 0 && description.length <= 1024,
    );
    assert.match(description, /用即梦生成图片/);
  });

  test('is short enough to be read', () => assert.ok(text.split('\n').length <= 150));

  /** What is written as a command, in blocks and in sentences. */
  const commands = () =>
    [...text.matchAll(/^ *(jimeng .+)$|`(jimeng [^`]+)`/gm)].map(
      ([, line, inline]) => (line ?? inline)!,
    );
  let help: string;
  suiteSetup(async () => {
    help = await helpOf();
  });
  const known = (name: string) => help.includes(`\n  jimeng ${name} `);

  test('the terminal understands each command line that it names, to the last option', async function () {
    this.timeout(60_000);
    const folder = await mkdtemp(join(tmpdir(), 'jimeng-skill-'));
    try {
      const lines = [...new Set(commands())].filter(line => known(line.split(' ')[1]!));
      assert.ok(lines.length > 10);
      for (const line of lines) {
        // The parser stops at the first option that it does not know: it must be the one that we add.
        const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)]
          .map(([, quoted, plain]) => quoted ?? plain!)
          .slice(1);
        const { code, stderr } = await jimeng([...args, '--no-such-option'], {
          cwd: folder,
          env: { JIMENG_API_URL: 'http://127.0.0.1:1', JIMENG_SESSION_ID: '0123456789abcdef' },
        });
        assert.equal(code, 2, line);
        assert.match(
          stderr,
          args[0] === 'image' && !args.includes('--images')
            ? /--images/
            : /There is no option --no-such-option/,
          line,
        );
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('names only commands and options that the help has, and all commands that generate or look', () => {
    const named = [...new Set(commands().map(line => line.split(' ')[1]!))];
    // Without these it would be of another version than the terminal; they are looked at as soon as the terminal has them.
    assert.deepEqual(
      named.filter(name => !known(name)),
      [],
    );
    for (const name of ['text', 'image', 'video', 'task', 'tasks', 'cancel', 'doctor', 'scaffold'])
      assert.ok(named.includes(name), name);
    const options = [
      ...new Set([...text.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([option]) => option)),
    ];
    assert.deepEqual(
      options.filter(option => !new RegExp(`${option}(?![\\w-])`).test(help)),
      [],
    );
  });

  test('its table has every option of a request', () => {
    const listed = [...text.matchAll(/^\| `(--[\w-]+)/gm)].map(([, flag]) => flag);
    assert.deepEqual(
      listed,
      optionRows().map(({ name }) => `--${flagOf(name)}`),
    );
  });

  test("its defaults and choices are the catalogue's", () => {
    for (const usual of [
      IMAGE_DEFAULTS.model,
      VIDEO_DEFAULTS.model,
      IMAGE_DEFAULTS.ratio,
      IMAGE_DEFAULTS.resolution,
    ])
      assert.ok(text.includes(`default ${usual}`), usual);
    for (const choice of [...ratios, ...resolutions]) assert.ok(text.includes(choice), choice);
    const [, able = ''] = /^\| `--intelligent-ratio` .* only with (.*?) \|/m.exec(text)!;
    assert.deepEqual(
      able.split(', '),
      imageModels.filter(({ intelligentRatio }) => intelligentRatio).map(({ id }) => id),
    );
  });

  test('the session ID is never on a command line', () => {
    assert.ok(!text.includes('--session-id'));
    assert.match(text, /JIMENG_SESSION_ID/);
  });
});
