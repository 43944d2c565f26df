import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { built } from '../../built.ts';
import type { DemoService } from '../../demo-service.ts';
import { scriptedService } from '../../scripted-service.ts';
import { photo } from '../convert/samples.ts';
import { jimeng, type Ended, useDemo, useFolder } from './cli.ts';

const session = 'f00dfacef00dfacef00dfacef00dface';
const stack = /^\s+at |node:internal|Error:/m;

suite('what goes wrong in a terminal is a sentence', () => {
  let folder: string;
  let demo: DemoService;
  useDemo(started => (demo = started));
  useFolder(path => (folder = path));

  const env = (more: Record<string, string> = {}) => ({
    JIMENG_SESSION_ID: session,
    JIMENG_API_URL: demo.url,
    ...more,
  });
  const run = (args: string[], more: Record<string, string> = {}) =>
    jimeng(args, { cwd: folder, env: env(more) });
  const posted = () => demo.requests.filter(({ method }) => method === 'POST').length;
  const small = ['text', 'a cat', '--resolution', '1k'];

  suite('a data folder that cannot be used', () => {
    for (const [what, prepare, args] of [
      [
        'a file in its place',
        async () => {
          await writeFile(join(folder, 'data'), '');
          return 'data';
        },
        small,
      ],
      ['a place where nothing can be made', () => Promise.resolve('/proc/x'), small],
      [
        'a link to itself',
        async () => {
          await symlink(join(folder, 'data'), join(folder, 'data'));
          return 'data';
        },
        small,
      ],
      [
        'a file in place of the tasks',
        async () => {
          await make('data/jimeng');
          await writeFile(join(folder, 'data/jimeng/ledger'), '');
          return 'data';
        },
        small,
      ],
      [
        'a file in place of the open tasks',
        async () => {
          await make('data/jimeng/ledger');
          await writeFile(join(folder, 'data/jimeng/ledger/open'), '');
          return 'data';
        },
        small,
      ],
    ] as const) {
      test(what, async () => {
        const before = posted();
        const XDG_DATA_HOME = join(folder, await prepare()).replace(join(folder, '/proc'), '/proc');
        const { code, stderr } = await run([...args], { XDG_DATA_HOME });
        assert.equal(code, 1, stderr);
        assert.doesNotMatch(stderr, stack);
        assert.match(stderr, /cannot be used: E[A-Z]+\nTasks are recorded in .*jimeng/);
        const { error } = JSON.parse(
          (await run([...args, '--json'], { XDG_DATA_HOME })).stdout,
        ) as { error: { kind: string } };
        assert.equal(error.kind, 'unexpected');
        assert.equal(posted(), before, 'it was sent all the same');
        const traced = await run([...args], { XDG_DATA_HOME, JIMENG_DEBUG: '1' });
        assert.match(traced.stderr, stack);
        assert.ok(!traced.stderr.includes(session));
      });
    }
    const make = (path: string) => mkdir(join(folder, path), { recursive: true });
  });

  suite('words of a command line that do not fit', () => {
    for (const [args, english, chinese] of [
      [
        ['text', 'cat', '--modle', 'x'],
        /^There is no option --modle\. Did you mean --model\? Put arguments that begin with/,
        /^没有选项 --modle。/,
      ],
      [
        ['text', 'cat', '-resolution=4k'],
        /^There is no option -resolution\. Did you mean --resolution\?/,
        /^没有选项 -resolution。你是不是想用 --resolution？/,
      ],
      [
        ['image', 'cat', '-image', 'a.png', '--images', 'https://a.test/b.png'],
        /^There is no option -image\. Did you mean --images\?/,
        /^没有选项 -image。你是不是想用 --images？/,
      ],
      [['text', '-a cat'], /^There is no option -a\. Put arguments/, /^没有选项 -a。/],
      ...['--prompt', '-prompt'].map(
        option =>
          [
            ['text', option, 'cat'],
            new RegExp(`^There is no option ${option}\\. The prompt needs none: jimeng text "`),
            new RegExp(`^没有选项 ${option}。提示词不需要选项：jimeng text "`),
          ] as const,
      ),
      [
        ['text', 'cat', '--ratio', '16x9'],
        /^There is no ratio "16x9"\..* Did you mean 16:9\?/,
        /^没有比例“16x9”。.*你是不是想用 16:9？/,
      ],
      [
        ['video', 'cat', '--resolution', '1080'],
        /^There is no resolution "1080"\..* Did you mean 1080p\?/,
        /你是不是想用 1080p？/,
      ],
      [
        ['tasks', '--status', 'complete'],
        /^--status takes one of .*, not "complete"\. Did you mean completed\?/,
        /不能是“complete”。你是不是想用 completed？/,
      ],
      [['doctor', '--size'], /^There is no option --size\.$/m, /^没有选项 --size。/],
      [['text', 'cat', '--model'], /^--model needs a value\./, /^--model 需要一个值。/],
      [
        ['text', 'cat', '--model', '--json'],
        /^--model needs a value\. Write one that begins with "-" as --model=VALUE\./m,
        /--model 需要一个值/,
      ],
      [['text', 'cat', '--async=yes'], /^--async takes no value\./, /^--async 不带值。/],
      [['tasks', 'all'], /^This command does not accept "all"\./, /^此命令不接受“all”。/],
      [['taks'], /^There is no command "taks"\..*Did you mean tasks\?/, /^没有“taks”命令/],
    ] as const) {
      test(args.join(' '), async () => {
        const ended = await run([...args]);
        assert.equal(ended.code, 2);
        assert.match(`${ended.stderr}${ended.stdout}`, english);
        const { stderr } = await run([...args], { LANG: 'zh_CN.UTF-8' });
        assert.match(stderr, chinese);
        assert.doesNotMatch(stderr, /Unknown|argument|ambiguous/);
      });
    }
  });

  suite('a reader that leaves before the end', () => {
    /** Runs with one of the streams closed by its reader at once. */
    async function without(
      stream: 'stdout' | 'stderr',
      args: string[],
      more: Record<string, string> = {},
    ): Promise<Ended> {
      const child = spawn(process.execPath, [fileURLToPath(built.cli), ...args], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          XDG_DATA_HOME: join(folder, '.data'),
          ...env(more),
        },
      });
      child[stream].destroy();
      const other = stream === 'stdout' ? 'stderr' : 'stdout';
      const [rest, code] = await Promise.all([
        text(child[other]),
        new Promise<number | null>(resolve => child.once('close', resolve)),
      ]);
      return { code, stdout: '', stderr: '', [other]: rest };
    }
    for (const [args, code] of [
      [['--version'], 0],
      [['--help'], 0],
      [['doctor'], 0],
      [['tasks'], 0],
      [['tasks', '--json'], 0],
      [['show', 'cat.png'], 1],
      [['scaffold', 'client', '--lang', 'ts'], 0],
      [['skill', '--output', '-'], 0],
      [['text', 'cat', '--dry-run'], 0],
      [['task', 'unknown'], 1],
      [['cancel', 'unknown'], 1],
      [['text', 'cat', '--ratio', '5:4'], 2],
      [small, 0],
    ] as const) {
      for (const stream of ['stdout', 'stderr'] as const) {
        test(`jimeng ${args.join(' ')}, ${stream}`, async () => {
          await writeFile(join(folder, 'cat.png'), await photo(9, 9).png().toBuffer());
          const ended = await without(stream, [...args]);
          assert.equal(ended.code, code, ended.stderr);
          assert.doesNotMatch(`${ended.stderr}${ended.stdout}`, /EPIPE|^\s+at /m);
          if (args === small)
            assert.equal(
              (await readdir(join(folder, 'pic'))).length,
              4,
              'what was paid is saved all the same',
            );
        });
      }
    }

    test('a full disk under the output is told', async () => {
      const child = spawn(
        'sh',
        ['-c', '"$0" "$1" tasks --json > /dev/full', process.execPath, fileURLToPath(built.cli)],
        { cwd: folder, env: { ...process.env, ...env() } },
      );
      const [stderr, code] = await Promise.all([
        text(child.stderr),
        new Promise<number | null>(resolve => child.once('close', resolve)),
      ]);
      assert.equal(code, 1);
      assert.match(stderr, /^The disk is full: /);
      assert.doesNotMatch(stderr, stack);
    });
  });

  suite('a service that says odd things', () => {
    const odd = {
      task_id: 'odd',
      status: 'completed\u001b[2J',
      type: 'image',
      model: 'jimeng\r\n4.0\u2028x',
      prompt: 'a\u202ecat\u2066\u200f\u061c\n✓ 1 saved',
      created_at: 1e20,
    };
    const hostile = (more: Partial<Parameters<typeof scriptedService>[0]> = {}) =>
      scriptedService({
        'GET /': [{ service: 'jimeng-api', status: 'running', endpoints: { tasks: '/v1/tasks' } }],
        'GET /v1/tasks': [{ tasks: [odd, { ...odd, task_id: 'early', created_at: -1e20 }] }],
        'GET /v1/tasks/': [{ tasks: [odd, { ...odd, task_id: 'early', created_at: -1e20 }] }],
        'GET /v1/tasks/x': [{ ...odd, status: 'processing' }],
        ...(more as object),
      });

    test('tasks of strangers with line ends, other directions of text and impossible times', async () => {
      const service = await hostile();
      try {
        for (const args of [
          ['tasks'],
          ['tasks', '--json'],
          ['task', 'x'],
          ['task', 'x', '--json'],
        ]) {
          const { code, stdout, stderr } = await run(args, { JIMENG_API_URL: service.url });
          assert.equal(code, 0, stderr);
          assert.doesNotMatch(
            stdout,
            /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/,
            args.join(' '),
          );
          assert.equal(
            stdout.trimEnd().split('\n').length,
            args[0] === 'tasks' && args.length === 1 ? 2 : 1,
            stdout,
          );
        }
        const { tasks } = JSON.parse(
          (await run(['tasks', '--json'], { JIMENG_API_URL: service.url })).stdout,
        ) as { tasks: { prompt: string; created_at?: string }[] };
        assert.equal(tasks[0]?.prompt, odd.prompt, 'JSON loses nothing');
        assert.equal(tasks[0].created_at, undefined);
      } finally {
        await service.close();
      }
    });

    test('an id with half of a character', async () => {
      const service = await hostile({
        'POST /v1/images/generations': [{ task_id: 'half\ud800', status: 'pending' }],
      });
      try {
        for (const args of [
          [...small, '--async'],
          [...small, '--async', '--wait'],
        ]) {
          const { stderr } = await run(args, { JIMENG_API_URL: service.url });
          assert.doesNotMatch(stderr, stack);
        }
      } finally {
        await service.close();
      }
    });
  });

  suite('a pipe where a file should be', () => {
    for (const [what, args, code, sentence] of [
      [
        'as a picture',
        ['image', 'p', '--images', 'pipe.png'],
        2,
        /pipe\.png does not exist or cannot be read/,
      ],
      [
        'as a frame',
        ['video', 'p', '--images', 'pipe.png'],
        2,
        /pipe\.png does not exist or cannot be read/,
      ],
      [
        'as a picture to show',
        ['show', 'pipe.png'],
        2,
        /pipe\.png does not exist or cannot be read/,
      ],
      [
        'as the file of a scaffold',
        ['scaffold', 'client', '--lang', 'ts', '--output', 'pipe.ts'],
        2,
        /already exists/,
      ],
    ] as const) {
      test(what, async () => {
        for (const name of ['pipe.png', 'pipe.ts']) execFileSync('mkfifo', [join(folder, name)]);
        const ended = await run([...args]);
        assert.equal(ended.code, code, ended.stderr);
        assert.match(ended.stderr, sentence);
      });
    }
  });

  test('Ctrl-C at the prompt for the session ID ends it with 130, and says nothing', async () => {
    // `script` (util-linux) gives it a terminal.
    const command = `"${process.execPath}" "${fileURLToPath(built.cli)}" text cat`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        SHELL: '/bin/sh',
        XDG_DATA_HOME: join(folder, '.data'),
        JIMENG_API_URL: demo.url,
      },
    });
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (said: string) => {
      shown += said;
      if (said.includes('not shown')) setTimeout(() => child.stdin.write('\u0003'), 200); // once it reads
    });
    const code = await new Promise<number | null>(resolve => child.once('close', resolve));
    assert.equal(code, 130, shown);
    assert.doesNotMatch(shown, /A session ID is needed/);
  });
});
