import assert from 'node:assert/strict';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { scriptedService, type Answer } from '../../scripted-service.ts';
import { pictureServer, type PictureServer, type Served } from '../output/picture-server.ts';
import { photo } from '../convert/samples.ts';
import { Ledger } from '../../../src/core/queue/store.ts';
import { silentLog } from '../queue/samples.ts';
import { jimeng, type CliOptions } from './cli.ts';

const about = {
  service: 'jimeng-api',
  status: 'running',
  version: '1',
  endpoints: { tasks: '/v1/tasks' },
};
const stockAbout = { ...about, endpoints: {} };
const generations = 'POST /v1/images/generations';

/** A command that ends early, in whatever way, loses nothing that is paid for. */
suite('jimeng: coming back to a task', () => {
  let folder: string;
  let png: Buffer;
  const ends: (() => Promise<unknown>)[] = [];
  suiteSetup(async () => {
    png = await photo(40, 30).png().toBuffer();
  });
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-back-'));
    await mkdir(join(folder, '.git'));
  });
  teardown(async () => {
    await Promise.all(ends.splice(0).map(end => end()));
    await rm(folder, { recursive: true });
  });

  const serving = async (script: Record<string, Served | Served[]>): Promise<PictureServer> => {
    const server = await pictureServer(script);
    ends.push(() => server.close());
    return server;
  };
  /** A service whose one task `t` stands as these answers say, one after the other. */
  const service = async (answers: Answer[], script: Record<string, Answer[]> = {}) => {
    const made = await scriptedService({
      'GET /': [about],
      [generations]: [{ task_id: 't', status: 'pending' }],
      'GET /v1/tasks/t': answers,
      ...script,
    });
    ends.push(() => made.close());
    return made;
  };
  const processing = { task_id: 't', status: 'processing', model: 'jimeng-4.0', prompt: 'a cat' };
  const completed = (server: PictureServer, ...paths: string[]) => ({
    ...processing,
    status: 'completed',
    result: { created: 1, data: paths.map(path => ({ url: `${server.url}${path}` })) },
  });
  const run = (args: string[], url: string, more: Partial<CliOptions> = {}) =>
    jimeng(args, {
      cwd: folder,
      ...more,
      env: {
        JIMENG_API_URL: url,
        JIMENG_SESSION_ID: '0123456789abcdef0123456789abcdef',
        ...more.env,
      },
    });
  const pictures = async (where = 'pic') =>
    (await readdir(join(folder, where)).catch(() => []))
      .filter(name => name.endsWith('.png'))
      .sort();
  const ledger = async () =>
    (await new Ledger(join(folder, '.data/jimeng/ledger'), silentLog).all()).map(
      ({ state }): { status: string; serviceTaskId?: string | undefined } => state,
    );
  const until = async (happens: () => boolean) => {
    while (!happens()) await delay(10);
  };
  /** Never answers; the connection stays open. */
  const silence = (response: ServerResponse) => {
    response.flushHeaders();
  };

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    test(`${signal} in front of a task ends at once and says how to come back, which saves it`, async () => {
      const server = await serving({ '/1': png });
      const made = await service([processing]);
      const ended = await run(['text', 'a cat'], made.url, {
        meanwhile: async child => {
          await until(() => made.count('/v1/tasks/t') > 0);
          child.kill(signal);
        },
      });
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, /Task t\n/);
      assert.match(ended.stderr, /jimeng task t --wait --save/);
      const later = await service([completed(server, '/1')]);
      await rewriteUrl(made.url, later.url);
      const saved = await run(['task', 't', '--wait', '--save'], later.url);
      assert.equal(saved.code, 0, saved.stderr);
      assert.equal((await pictures()).length, 1);
    });
  }

  test('SIGTERM in front of a held request leaves it uncertain, not cancelled', async () => {
    const made = await scriptedService({ 'GET /': [stockAbout], [generations]: [silence] });
    ends.push(() => made.close());
    const ended = await run(['text', 'a cat'], made.url, {
      meanwhile: async child => {
        await until(() => made.count('/v1/images/generations') > 0);
        await delay(200);
        child.kill('SIGTERM');
      },
    });
    assert.equal(ended.code, 143, ended.stderr);
    assert.match(ended.stderr, /The credits may be spent/);
    assert.deepEqual(
      (await ledger()).map(({ status }) => status),
      ['uncertain'],
    );
  });

  test('Ctrl-C ends a slow download at once, and the next command saves the rest by itself', async () => {
    const server = await serving({ '/1': png, '/2': [silence, png] });
    const made = await service([completed(server, '/1', '/2')]);
    const ended = await run(['text', 'a cat'], made.url, {
      meanwhile: async child => {
        await until(() => server.count('/2') > 0);
        while ((await pictures()).length === 0) await delay(10);
        child.kill('SIGINT');
      },
    });
    assert.equal(ended.code, 130, ended.stderr);
    assert.match(ended.stderr, /jimeng task t --save/);
    const next = await run(['task', 'other'], made.url);
    assert.match(next.stderr, /An earlier command was interrupted; its pictures are saved now:/);
    assert.equal((await pictures()).length, 2);
    assert.equal(server.count('/1'), 1, 'what is there is not loaded again');
  });

  test('a command that was killed while it saved: the next one saves the rest, under the names of the first', async () => {
    const server = await serving({ '/1': png, '/2': [silence, png] });
    const made = await service([completed(server, '/1', '/2')]);
    await run(['text', 'a cat'], made.url, {
      meanwhile: async child => {
        await until(() => server.count('/2') > 0);
        while ((await pictures()).length === 0) await delay(10);
        child.kill('SIGKILL');
      },
    });
    assert.equal((await pictures()).length, 1);
    const next = await run(['task', 't', '--save'], made.url);
    assert.equal(next.code, 0, next.stderr);
    assert.deepEqual(
      (await pictures()).map(name => name.replace(/^jimeng_\d+_\d+/, '')),
      ['_1.png', '_2.png'],
    );
    assert.doesNotMatch(next.stderr, /Another process/);
    assert.equal(made.count('/v1/images/generations'), 1);
  });

  test('a command that was killed while it saved, and its folder is a link by now: the next one says so', async () => {
    const server = await serving({ '/1': png, '/2': [silence, png] });
    const made = await service([completed(server, '/1', '/2')]);
    await run(['text', 'a cat'], made.url, {
      meanwhile: async child => {
        await until(() => server.count('/2') > 0);
        child.kill('SIGKILL');
      },
    });
    await rm(join(folder, 'pic'), { recursive: true });
    await symlink(tmpdir(), join(folder, 'pic'));
    const next = await run(['task', 'other'], made.url);
    assert.match(
      next.stderr,
      /An earlier command was interrupted, and its pictures cannot be saved: .*pic is a link that leads out of the project/,
    );
    assert.equal(server.count('/2'), 1);
  });

  test('a command that was killed in front of a task: the next one says where it is', async () => {
    const made = await service([processing]);
    await run(['text', 'a cat'], made.url, {
      meanwhile: async child => {
        await until(() => made.count('/v1/tasks/t') > 0);
        child.kill('SIGKILL');
      },
    });
    const next = await run(['task', 'other'], made.url);
    assert.match(next.stderr, /still at the service: jimeng task t --wait --save/);
  });

  test('a dead link is fetched again once it lives, and nothing else is', async () => {
    const server = await serving({ '/1': png, '/2': [404, png] });
    const made = await service([completed(server, '/1', '/2')]);
    const first = await run(['text', 'a cat', '--json'], made.url);
    assert.equal(first.code, 1, first.stderr);
    const { failed } = JSON.parse(first.stdout) as { failed: { index: number; url: string }[] };
    assert.deepEqual(
      failed.map(({ index, url }) => [index, url]),
      [[2, `${server.url}/2`]],
    );
    const again = await run(['task', 't', '--save'], made.url);
    assert.equal(again.code, 0, again.stderr);
    assert.equal((await pictures()).length, 2);
    assert.equal(server.count('/1'), 1);
  });

  test('a held request has no id at the service; ours brings its missing pictures back', async () => {
    const server = await serving({ '/1': [404, png] });
    const made = await scriptedService({
      'GET /': [stockAbout],
      [generations]: [{ created: 1, data: [{ url: `${server.url}/1` }] }],
    });
    ends.push(() => made.close());
    const first = await run(['text', 'a cat'], made.url);
    assert.equal(first.code, 1);
    const [, id] = /jimeng task (\S+) --save/.exec(first.stderr) ?? [];
    assert.ok(id, first.stderr);
    const again = await run(['task', id, '--save'], made.url);
    assert.equal(again.code, 0, again.stderr);
    assert.equal((await pictures()).length, 1);
  });

  test('a deleted picture is fetched again; with another --output-dir all are', async () => {
    const server = await serving({ '/1': png, '/2': png });
    const made = await service([completed(server, '/1', '/2')]);
    await run(['text', 'a cat'], made.url);
    const [first = ''] = await pictures();
    await rm(join(folder, 'pic', first));
    const again = await run(['task', 't', '--save'], made.url);
    assert.equal(again.code, 0, again.stderr);
    assert.equal((await pictures()).length, 2);
    assert.deepEqual([server.count('/1'), server.count('/2')].sort(), [1, 2]);
    const elsewhere = await run(['task', 't', '--save', '--output-dir', 'art'], made.url);
    assert.equal(elsewhere.code, 0, elsewhere.stderr);
    assert.equal((await pictures('art')).length, 2);
    assert.equal((await pictures()).length, 2, 'those that were there stay');
    const nothing = await run(['task', 't', '--save', '--output-dir', 'art'], made.url);
    assert.equal(nothing.code, 0, nothing.stderr);
    assert.equal((await pictures('art')).length, 2);
  });

  test('two commands that save the same task save it once, whoever began it', async () => {
    const server = await serving({ '/1': png, '/2': png });
    const made = await service([processing, processing, processing, completed(server, '/1', '/2')]);
    const own = await Promise.all([
      run(['text', 'a cat', '--async', '--wait'], made.url),
      (async () => {
        await until(() => made.count('/v1/tasks/t') > 0);
        return run(['task', 't', '--wait', '--save'], made.url);
      })(),
    ]);
    assert.deepEqual(
      own.map(({ code }) => code),
      [0, 0],
      own.map(({ stderr }) => stderr).join(),
    );
    assert.equal((await pictures()).length, 2);
    await rename(join(folder, '.data'), join(folder, '.earlier'));
    await rm(join(folder, 'pic'), { recursive: true });
    const strangers = await Promise.all(
      Array.from({ length: 4 }, () => run(['task', 't', '--wait', '--save'], made.url)),
    );
    assert.deepEqual(
      strangers.map(({ code }) => code),
      [0, 0, 0, 0],
      strangers.map(({ stderr }) => stderr).join(),
    );
    assert.equal((await pictures()).length, 2);
  });

  test('a ledger that cannot be written once the request has left: the pictures are saved, and links of the others printed', async () => {
    const server = await serving({ '/1': png });
    const made = await service([completed(server, '/1', '/gone')], {
      [generations]: [
        response => {
          breakLedger().then(
            () => response.end(JSON.stringify({ task_id: 't', status: 'pending' })),
            () => response.destroy(),
          );
        },
      ],
    });
    const ended = await run(['text', 'a cat'], made.url);
    assert.equal(ended.code, 1, ended.stderr);
    assert.equal((await pictures()).length, 1);
    assert.match(ended.stderr, /could not be recorded/);
    assert.ok(ended.stderr.includes(`${server.url}/gone`), ended.stderr);
  });

  test('--callback-url means nothing to a service without tasks, and is refused before anything is sent', async () => {
    const made = await scriptedService({ 'GET /': [stockAbout] });
    ends.push(() => made.close());
    const ended = await run(['text', 'a cat', '--callback-url', 'http://127.0.0.1:9/'], made.url);
    assert.equal(ended.code, 2);
    assert.match(ended.stderr, /does not support callback addresses/);
    assert.equal(made.count('/v1/images/generations'), 0);
  });

  test('Ctrl-C ends the wait of "jimeng task --wait", and a service that is away at first is waited for', async () => {
    const made = await service([processing]);
    const ended = await run(['task', 't', '--wait'], made.url, {
      meanwhile: async child => {
        await until(() => made.count('/v1/tasks/t') > 0);
        child.kill('SIGINT');
      },
    });
    assert.equal(ended.code, 130, ended.stderr);
    const away = await service([
      response => response.writeHead(503).end(),
      { ...processing, status: 'failed', error: '内容违规' },
    ]);
    const waited = await run(['task', 't', '--wait'], away.url);
    assert.equal(waited.code, 1, waited.stderr);
    assert.match(waited.stdout, /failed/);
  });

  /** The same task at a service that was started anew under another address. */
  async function rewriteUrl(from: string, to: string): Promise<void> {
    for (const place of ['open', 'progress']) {
      const tasks = join(folder, '.data/jimeng/ledger', place);
      const names = await readdir(tasks).catch(() => []);
      for (const name of names.filter(entry => /^[^.].*\.json$/.test(entry)))
        await writeFile(
          join(tasks, name),
          (await readFile(join(tasks, name), 'utf8')).replaceAll(from, to),
        );
    }
  }

  /** From now on nothing can be written there. */
  async function breakLedger(): Promise<void> {
    const path = join(folder, '.data/jimeng/ledger');
    await rename(path, `${path}.before`);
    await writeFile(path, 'no folder');
  }
});
