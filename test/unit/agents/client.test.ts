import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { hangUp, type Answer } from '../../scripted-service.ts';
import { generatedClient, posts, session } from './generated-client.ts';
import { drive, variants } from './variants.ts';

const cat = { model: 'jimeng-4.0', prompt: 'a cute cat', ratio: '1:1', resolution: '1k' };

const html =
  (status: number): Answer =>
  response =>
    response.writeHead(status).end('<html>');
const generations = 'POST /v1/images/generations';
const look = 'GET /v1/tasks/t';
const begun = { task_id: 't', status: 'pending' };

for (const variant of variants) {
  suite(`generated client: ${variant.name}`, () => {
    const project = generatedClient(variant);
    const { run, demo, scripted } = project;

    test('is written in the manner of the project', async () =>
      assert.match(await readFile(project.file, 'utf8'), variant.marks));

    test("submits a task, keeps its id with the job's, and waits for links that load", async () => {
      const service = await demo({ delayMs: 100 });
      const [submitted] = await run(service.url, [['submit', 'order/17', cat]]);
      assert.equal(submitted?.state, 'running');
      assert.deepEqual(service.generationBodies(), [{ ...cat, async: true }]);
      assert.ok(posts(service)[0]?.session?.endsWith(session.slice(-4)));
      const [name] = await readdir(join(project.folder, 'jimeng-jobs'));
      const kept = await readFile(join(project.folder, 'jimeng-jobs', name!), 'utf8');
      assert.ok(kept.includes('order/17') && kept.includes(submitted.task!));
      const [waited, again] = await run(service.url, [
        ['wait', 'order/17'],
        ['wait', 'order/17'],
      ]);
      assert.equal(waited?.results?.length, 4);
      assert.deepEqual(again, waited);
      assert.equal((await fetch(waited.results[0]!.url)).status, 200);
      assert.ok(
        !(await readFile(join(project.folder, 'jimeng-jobs', name!), 'utf8')).includes(session),
      );
    });

    test('a known job is not sent again', async () => {
      const service = await demo();
      const [first, second] = await run(service.url, [
        ['submit', 'a', cat],
        ['submit', 'a', cat],
      ]);
      const [third] = await run(service.url, [['submit', 'a', cat]]);
      assert.equal(posts(service).length, 1);
      assert.equal(first?.task, second?.task);
      assert.equal(first?.task, third?.task);
    });

    test('a prompt arrives as it is', async () => {
      const service = await demo();
      const prompt = 'a\u00a0b\u2003c ,] "即梦" 🐈\n';
      const [submitted] = await run(service.url, [['submit', 'a', { ...cat, prompt }]]);
      const task = (await (await fetch(`${service.url}/v1/tasks/${submitted?.task}`)).json()) as {
        prompt: string;
      };
      assert.equal(task.prompt, prompt);
    });

    for (const [word, says] of [
      ['expired', /登录失效/],
      ['nocredits', /积分不足/],
    ] as const) {
      test(`a task that fails (${word}) is failed, and stays so`, async () => {
        const service = await demo();
        const [, waited, again] = await run(
          service.url,
          [
            ['submit', 'a', cat],
            ['wait', 'a'],
            ['wait', 'a'],
          ],
          `${word}-0123456789`,
        );
        assert.equal(waited?.problem, 'failed');
        assert.match(waited.message!, says);
        assert.equal(again?.problem, 'failed');
        assert.equal(posts(service).length, 1);
      });

      test(`an error envelope (${word}) of a service without tasks is refused`, async () => {
        const service = await demo({ kind: 'stock' });
        const [submitted, again, waited] = await run(
          service.url,
          [
            ['submit', 'a', cat],
            ['submit', 'a', cat],
            ['wait', 'a'],
          ],
          `us-${word}-0123456789`,
        );
        assert.equal(submitted?.problem, 'refused');
        assert.ok(submitted.code! < -2000);
        assert.match(submitted.message!, says);
        assert.equal(again?.state, 'failed');
        assert.equal(waited?.problem, 'failed');
        assert.equal(posts(service).length, 1);
      });
    }

    test('a service without tasks answers with the results themselves', async () => {
      const service = await demo({ kind: 'stock', delayMs: 50 });
      const [submitted, waited, cancelled] = await run(service.url, [
        ['submit', 'a', cat],
        ['wait', 'a'],
        ['cancel', 'a'],
      ]);
      assert.equal(submitted?.state, 'completed');
      assert.equal(waited?.results?.length, 4);
      assert.equal(cancelled?.problem, 'refused');
      assert.deepEqual(
        service.requests.map(({ method }) => method),
        ['POST'],
      );
    });

    test('a task that the service forgot is lost', async () => {
      const [before, after] = [await demo({ delayMs: 60_000 }), await demo()];
      await run(before.url, [['submit', 'a', cat]]);
      const [waited, again, cancelled] = await run(after.url, [
        ['wait', 'a'],
        ['wait', 'a'],
        ['cancel', 'a'],
      ]);
      assert.deepEqual(
        [waited?.problem, again?.problem, cancelled?.problem],
        ['lost', 'lost', 'lost'],
      );
      assert.match(waited!.message!, /任务不存在/);
      assert.equal(posts(after).length, 0);
    });

    test('cancels what waits; what is at work is refused and goes on', async () => {
      const service = await demo({ maxConcurrent: 1, delayMs: 1_000 });
      const [, , , cancelled, waited, refused, done] = await run(service.url, [
        ['submit', 'a', cat],
        ['submit', 'b', cat],
        ['pause', 50],
        ['cancel', 'b'],
        ['wait', 'b'],
        ['cancel', 'a'],
        ['wait', 'a'],
      ]);
      assert.equal(cancelled?.state, 'cancelled');
      assert.equal(waited?.problem, 'cancelled');
      assert.deepEqual([refused?.problem, refused?.code], ['refused', -1000]);
      assert.equal(done?.results?.length, 4);
    });

    test('the waiting ends at its deadline, the task does not', async () => {
      const service = await demo({ delayMs: 400 });
      const [, late, done] = await run(service.url, [
        ['submit', 'a', cat],
        ['wait', 'a', { deadline: 60 }],
        ['wait', 'a'],
      ]);
      assert.equal(late?.problem, 'deadline');
      assert.equal(done?.results?.length, 4);
    });

    test('where no service listens nothing was sent, and the job can be sent later', async () => {
      const [nobody] = await run('http://127.0.0.1:1', [['submit', 'a', cat]]);
      assert.equal(nobody?.problem, 'unreachable');
      const service = await demo();
      const [submitted] = await run(service.url, [['submit', 'a', cat]]);
      assert.equal(submitted?.state, 'running');
    });

    test('what cannot be sent at all leaves no job behind', async () => {
      const service = await demo();
      const child = drive(
        'client',
        variant,
        [project.file, JSON.stringify([['submit', 'a', cat]])],
        { cwd: project.folder, env: { JIMENG_API_URL: service.url, JIMENG_SESSION_ID: 'абв' } },
      );
      assert.match(await text(child.stderr!), /Invalid character|can't encode/);
      const [submitted] = await run(service.url, [['submit', 'a', cat]]);
      assert.equal(submitted?.state, 'running');
      assert.equal(posts(service).length, 1);
    });

    for (const [what, answer] of [
      ['a lost connection', hangUp],
      ["a gateway's 504", html(504)],
      ['an answer that is none', html(200)],
      ['neither task nor results', { ok: true }],
    ] as const) {
      test(`${what} after sending is uncertain, and nothing is sent again`, async () => {
        const service = await scripted({ [generations]: [answer] });
        const [submitted, again, waited] = await run(service.url, [
          ['submit', 'a', cat],
          ['submit', 'a', cat],
          ['wait', 'a'],
        ]);
        assert.equal(submitted?.problem, 'uncertain');
        assert.equal(again?.state, 'sending');
        assert.equal(waited?.problem, 'uncertain');
        assert.equal(service.arrived.length, 1);
      });
    }

    test('a redirect is not followed: the session ID goes nowhere else', async () => {
      const other = await scripted({});
      const service = await scripted({
        [generations]: [
          response =>
            response.writeHead(307, { location: `${other.url}/v1/images/generations` }).end(),
        ],
      });
      const [submitted] = await run(service.url, [['submit', 'a', cat]]);
      assert.equal(submitted?.problem, 'uncertain');
      assert.equal(other.arrived.length, 0);
    });

    test('looking is repeated over trouble that passes', async () => {
      const results = [{ url: 'http://127.0.0.1/a' }];
      const service = await scripted({
        [generations]: [begun],
        [look]: [
          html(502),
          hangUp,
          { code: -1, message: 'internal', data: null },
          html(403),
          { task_id: 't', status: 'completed', result: { data: results } },
        ],
      });
      const [, waited] = await run(service.url, [
        ['submit', 'a', cat],
        ['wait', 'a'],
      ]);
      assert.deepEqual(waited?.results, results);
      assert.equal(service.count('/v1/tasks/t'), 5);
    });

    test('at the deadline it says what the trouble was', async () => {
      const service = await scripted({ [generations]: [begun], [look]: [html(502)] });
      const [, waited] = await run(service.url, [
        ['submit', 'a', cat],
        ['wait', 'a', { deadline: 100 }],
      ]);
      assert.equal(waited?.problem, 'deadline');
      assert.match(waited.message!, /HTTP 502/);
    });

    test('a task without results has failed', async () => {
      const service = await scripted({
        [generations]: [begun],
        [look]: [{ task_id: 't', status: 'completed', result: { data: [] } }],
      });
      const [, waited] = await run(service.url, [
        ['submit', 'a', cat],
        ['wait', 'a'],
      ]);
      assert.equal(waited?.problem, 'failed');
    });

    test('the session ID is in no message, also where the service repeats it', async () => {
      const service = await scripted({
        [generations]: [{ code: -2002, message: `token us-${session} refused`, data: null }],
      });
      const [submitted] = await run(service.url, [['submit', 'a', cat]], `us-${session}`);
      assert.equal(submitted?.problem, 'refused');
      assert.match(submitted.message!, /•••• refused/);
      assert.ok(!submitted.message!.includes(session));
    });

    test('without a session ID nothing is sent, and no job is begun', async () => {
      const service = await demo();
      const [submitted, unknown] = await run(
        service.url,
        [
          ['submit', 'a', cat],
          ['check', 'a'],
        ],
        '',
      );
      assert.equal(submitted?.problem, 'refused');
      assert.match(submitted.message!, /JIMENG_SESSION_ID/);
      assert.match(unknown!.problem!, /unknown_?job/i);
      assert.equal(service.requests.length, 0);
    });
  });
}
