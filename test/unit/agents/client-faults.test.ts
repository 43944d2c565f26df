import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer } from '../../scripted-service.ts';
import { generatedClient, posts } from './generated-client.ts';
import { variants } from './variants.ts';

const cat = { model: 'jimeng-4.0', prompt: 'a cute cat', ratio: '1:1', resolution: '1k' };
const generations = 'POST /v1/images/generations';
const look = 'GET /v1/tasks/t';
const begun = { task_id: 't', status: 'pending' };
const links = [{ url: 'http://127.0.0.1/a' }];
const status =
  (code: number, body = ''): Answer =>
  response =>
    response.writeHead(code).end(body);
const account = /account's history/;

for (const variant of variants) {
  suite(`generated client, when something goes wrong: ${variant.name}`, () => {
    const project = generatedClient(variant);
    const { run, demo, scripted } = project;
    const jobs = () => join(project.folder, 'jimeng-jobs');
    const jobFile = () => join(jobs(), 'a.json');
    const damagedJob = variant.extension === 'py' ? 'damaged_job' : 'damagedJob';

    test('a job file is only for its owner, and nothing is left beside it', async () => {
      const service = await demo({ delayMs: 20 });
      await run(service.url, [
        ['submit', 'a', cat],
        ['wait', 'a'],
      ]);
      assert.deepEqual(await readdir(jobs()), ['a.json']);
      assert.equal((await stat(jobFile())).mode & 0o777, 0o600);
      assert.equal((await stat(jobs())).mode & 0o777, 0o700);
      assert.equal(
        (JSON.parse(await readFile(jobFile(), 'utf8')) as { state: string }).state,
        'completed',
      );
    });

    test('programs that submit the same job at once send it once', async () => {
      const service = await demo();
      const runs = await Promise.all(
        Array.from({ length: 4 }, () => run(service.url, [['submit', 'a', cat]])),
      );
      assert.equal(posts(service).length, 1);
      assert.ok(
        runs.every(([outcome]) => outcome?.state === 'running' || outcome?.state === 'sending'),
        JSON.stringify(runs),
      );
    });

    test('a damaged job file is an error that says what to do, and nothing is sent', async () => {
      const service = await demo();
      const other =
        variant.extension === 'py'
          ? { job_id: 'A', state: 'sending' }
          : { jobId: 'A', state: 'sending' };
      await mkdir(jobs());
      for (const damaged of [
        '',
        '{"jobId":"a","sta',
        '[]',
        '\0'.repeat(100),
        '{"jobId":"a","job_id":"a","state":"running"}',
        JSON.stringify(other),
        '['.repeat(100_000),
      ]) {
        await writeFile(jobFile(), damaged);
        const outcomes = await run(service.url, [
          ['submit', 'a', cat],
          ['wait', 'a'],
          ['check', 'a'],
          ['cancel', 'a'],
        ]);
        assert.deepEqual(
          outcomes.map(({ problem }) => problem),
          [damagedJob, damagedJob, damagedJob, damagedJob],
          damaged.slice(0, 50),
        );
        assert.match(
          outcomes[0]!.message!,
          /a\.json is damaged.*account's history.*Delete the file/,
        );
        assert.equal(await readFile(jobFile(), 'utf8'), damaged);
      }
      assert.equal(service.requests.length, 0);
    });

    test('an answer that cannot be written down is told whole', async () => {
      const service = await scripted({
        [generations]: [
          response =>
            void (async () => {
              await rm(jobs(), { recursive: true });
              await writeFile(jobs(), '');
              response.end(JSON.stringify({ task_id: 'the-task', status: 'pending' }));
            })(),
        ],
      });
      const [submitted] = await run(service.url, [['submit', 'a', cat]]);
      assert.equal(submitted?.problem, 'uncertain');
      assert.match(submitted.message!, /could not be written down.*the-task/);
    });

    test('what is no clear refusal is uncertain once the request has left', async () => {
      const unclear = [
        status(204),
        status(302),
        status(408),
        status(409),
        status(425),
        status(499),
        status(500),
        status(200),
        status(200, '{"data":[{"ur'),
        status(200, '['.repeat(100_000)),
        { error: { message: 'upstream timed out' } },
      ];
      const service = await scripted({ [generations]: unclear });
      const names = unclear.map((_, index) => `job-${index}`);
      const outcomes = await run(
        service.url,
        names.map(name => ['submit', name, cat]),
      );
      assert.deepEqual(
        outcomes.map(({ problem }) => problem),
        names.map(() => 'uncertain'),
      );
      for (const { message } of outcomes) assert.match(message!, account);
      assert.match(outcomes.at(-1)!.message!, /upstream timed out/);
      const again = await run(
        service.url,
        names.map(name => ['submit', name, cat]),
      );
      assert.deepEqual(
        again.map(({ state }) => state),
        names.map(() => 'sending'),
      );
      assert.equal(service.arrived.length, names.length);
    });

    test('a gateway that refuses is heard', async () => {
      const service = await scripted({
        [generations]: [
          status(401, '{"error":{"message":"no quota","type":"x","code":"y"}}'),
          status(413, '<html>'),
        ],
      });
      const outcomes = await run(service.url, [
        ['submit', 'a', cat],
        ['submit', 'b', cat],
      ]);
      assert.deepEqual(
        outcomes.map(({ problem, message }) => [problem, message]),
        [
          ['refused', 'HTTP 401: no quota'],
          ['refused', 'HTTP 413: no answer of the service'],
        ],
      );
    });

    test('a fault inside the service may have been charged, and is not sent again', async () => {
      const faults = [
        [-1000, 'timeout of 45000ms exceeded'],
        [-1, 'internal'],
        [-2001, '网络错误'],
        [-2008, '未能获取视频URL，请稍后查看'],
      ] as const;
      const service = await scripted({
        [generations]: faults.map(([code, message]) => ({ code, message, data: null })),
      });
      const outcomes = await run(
        service.url,
        faults.map((_, index) => ['submit', `job-${index}`, cat]),
      );
      assert.deepEqual(
        outcomes.map(({ problem }) => problem),
        faults.map(() => 'failed'),
      );
      for (const { message } of outcomes) assert.match(message!, account);
      const refused = await scripted({
        [generations]: [
          { code: -1000, message: '不支持模型 x', data: null },
          { code: -2001, message: '风控 1019 shark not pass', data: null },
        ],
      });
      assert.deepEqual(
        (
          await run(refused.url, [
            ['submit', 'b', cat],
            ['submit', 'c', cat],
          ])
        ).map(({ problem }) => problem),
        ['refused', 'refused'],
      );
    });

    test('a task that failed after the charge says where its result is', async () => {
      const service = await scripted({
        [generations]: [begun],
        [look]: [{ task_id: 't', status: 'failed', error: '无法提取任何图片URL' }],
      });
      const [, waited] = await run(service.url, [
        ['submit', 'a', cat],
        ['wait', 'a'],
      ]);
      assert.equal(waited?.problem, 'failed');
      assert.match(waited.message!, account);
    });

    test('a wrapped success is one, and an entry without a link loses only itself', async () => {
      const data = [{ url: null }, ...links, { url: '' }, 'x'];
      const service = await scripted({ [generations]: [{ code: 0, data: { created: 1, data } }] });
      const [submitted, waited] = await run(service.url, [
        ['submit', 'a', cat],
        ['wait', 'a'],
      ]);
      assert.equal(submitted?.state, 'completed');
      assert.deepEqual(waited?.results, links);
    });

    test('a fault inside the service while looking passes', async () => {
      const service = await scripted({
        [generations]: [begun],
        [look]: [
          { code: -1000, message: 'read ECONNRESET', data: null },
          { task_id: 't', status: 'completed', result: { data: links } },
        ],
      });
      const [, waited] = await run(service.url, [
        ['submit', 'a', cat],
        ['wait', 'a'],
      ]);
      assert.deepEqual(waited?.results, links);
    });

    test('a task at which nothing works is stuck, and can be waited for again', async () => {
      const idle = {
        task_id: 't',
        status: 'processing',
        queue_stats: { running: 0, queued: 0, maxConcurrent: 50 },
      };
      const service = await scripted({
        [generations]: [begun],
        [look]: [
          idle,
          idle,
          idle,
          { ...idle, queue_stats: { running: 1, queued: 0 } },
          { task_id: 't', status: 'completed', result: { data: links } },
        ],
      });
      const [, stuck, waited] = await run(service.url, [
        ['submit', 'a', cat],
        ['wait', 'a'],
        ['wait', 'a'],
      ]);
      assert.equal(stuck?.problem, 'stuck');
      assert.match(stuck.message!, account);
      assert.deepEqual(waited?.results, links);
    });

    test('a task that the service knows again, or made in spite of a cancel, is not lost', async () => {
      const done = { task_id: 't', status: 'completed', result: { data: links } };
      const service = await scripted({
        [generations]: [begun, { task_id: 'u', status: 'pending' }],
        [look]: [{ code: -1000, message: '任务不存在', data: null }, done],
        'POST /v1/tasks/u/cancel': [{ task_id: 'u', status: 'cancelled', message: '' }],
        'GET /v1/tasks/u': [
          { task_id: 'u', status: 'cancelled' },
          { ...done, task_id: 'u' },
        ],
      });
      const [, lost, found, , cancelled, made] = await run(service.url, [
        ['submit', 'a', cat],
        ['wait', 'a'],
        ['wait', 'a'],
        ['submit', 'b', cat],
        ['cancel', 'b'],
        ['wait', 'b'],
      ]);
      assert.equal(lost?.problem, 'lost');
      assert.deepEqual(found?.results, links);
      assert.equal(cancelled?.state, 'cancelled');
      assert.deepEqual(made?.results, links);
    });
  });
}
