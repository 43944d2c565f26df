import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { demoService } from '../../demo-service.ts';
import { scriptedService } from '../../scripted-service.ts';
import { drive, scaffoldInto, variants } from './variants.ts';

for (const variant of variants) {
  suite(`generated webhook: ${variant.name}`, () => {
    let folder: string;
    let file: string;
    let child: ChildProcess | undefined;
    let service: { url: string; close: () => Promise<unknown> } | undefined;
    suiteSetup(async () => {
      folder = await mkdtemp(join(tmpdir(), 'jimeng-webhook-'));
      file = await scaffoldInto(folder, 'webhook', variant);
    });
    suiteTeardown(() => rm(folder, { recursive: true }));
    teardown(async () => {
      child?.kill();
      await service?.close();
      await rm(join(folder, 'finished.log'), { force: true });
    });

    /** Starts the webhook for a service. Returns where it is called. */
    async function serve(url: string): Promise<string> {
      child = drive('webhook', variant, [file, folder], {
        cwd: folder,
        env: { JIMENG_API_URL: url },
      });
      for await (const line of createInterface({ input: child.stdout! }))
        return `http://127.0.0.1:${line}/`;
      throw new Error('The webhook did not start.');
    }
    /** What was written into the records, in order. */
    const finished = async () =>
      (await readFile(join(folder, 'finished.log'), 'utf8').catch(() => ''))
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line) as { status: string; results?: unknown[]; error?: string });
    async function untilFinished() {
      for (;;) {
        const ends = await finished();
        if (ends.length > 0) return ends;
        await delay(10);
      }
    }
    const isOurs = (task: string) => writeFile(join(folder, task), '');
    async function call(
      hook: string,
      task: string,
      {
        event = 'task.completed',
        body = JSON.stringify({ task_id: task, status: 'completed' }),
        method = 'POST',
      } = {},
    ): Promise<number> {
      const headers = {
        'content-type': 'application/json',
        'x-task-id': task,
        'x-webhook-event': event,
      };
      return (await fetch(hook, { method, headers, ...(method === 'POST' && { body }) })).status;
    }
    async function submit(
      url: string,
      more: object,
      session = '0123456789abcdef',
    ): Promise<string> {
      const response = await fetch(`${url}/v1/images/generations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${session}` },
        body: JSON.stringify({
          model: 'jimeng-4.0',
          prompt: 'a cute cat',
          resolution: '1k',
          async: true,
          ...more,
        }),
      });
      return ((await response.json()) as { task_id: string }).task_id;
    }

    test('the real call of a completed task is written down once, whatever comes after it', async () => {
      const demo = (service = await demoService({ delayMs: 200, webhookRetriesMs: [] }));
      const hook = await serve(demo.url);
      const task = await submit(demo.url, { callback_url: hook });
      await isOurs(task);
      assert.equal(await call(hook, task), 204, 'too early, and false: it is at work');
      const [end] = await untilFinished();
      assert.equal(end?.status, 'completed');
      assert.equal(end.results?.length, 4);
      const answers = await Promise.all([
        call(hook, task),
        call(hook, task),
        call(hook, task, { event: 'task.failed' }),
      ]);
      assert.deepEqual(answers, [204, 204, 204]);
      await delay(100);
      assert.equal((await finished()).length, 1);
    });

    test('the real call of a failed task, which came before the records knew the task and is repeated', async () => {
      const demo = (service = await demoService({ webhookRetriesMs: [300, 300] }));
      const hook = await serve(demo.url);
      const task = await submit(demo.url, { callback_url: hook }, 'nocredits-0123456789');
      await delay(100);
      await isOurs(task);
      const ends = await untilFinished();
      assert.equal(ends.length, 1);
      assert.equal(ends[0]?.status, 'failed');
      assert.match(ends[0].error!, /积分不足/);
    });

    test('calls that come at once are one, and are answered before the service is', async () => {
      const asked: ServerResponse[] = [];
      const scripted = (service = await scriptedService({
        'GET /v1/tasks/once': [response => void asked.push(response)],
      }));
      const hook = await serve(scripted.url);
      await isOurs('once');
      assert.deepEqual(
        await Promise.all([call(hook, 'once'), call(hook, 'once'), call(hook, 'once')]),
        [204, 204, 204],
      );
      while (asked.length === 0) await delay(5);
      asked[0]!.end(
        JSON.stringify({ task_id: 'once', status: 'failed', error: "the service's own word" }),
      );
      const ends = await untilFinished();
      await delay(50);
      assert.equal(asked.length, 1);
      assert.deepEqual(
        ends.map(({ status, error }) => [status, error]),
        [['failed', "the service's own word"]],
      );
    });

    test('a service that does not answer is asked again', async () => {
      const scripted = (service = await scriptedService({
        'GET /v1/tasks/busy': [
          response => response.writeHead(502).end(),
          { code: -1, message: 'internal', data: null },
          {
            task_id: 'busy',
            status: 'completed',
            result: { data: [{ url: 'http://127.0.0.1/a' }] },
          },
        ],
      }));
      const hook = await serve(scripted.url);
      await isOurs('busy');
      assert.equal(await call(hook, 'busy'), 204);
      assert.deepEqual(
        (await untilFinished()).map(({ status }) => status),
        ['completed'],
      );
    });

    test('what is forged, strange or too large changes nothing', async () => {
      const demo = (service = await demoService());
      const hook = await serve(demo.url);
      await isOurs('forged');
      assert.equal(await call(hook, 'forged'), 204, 'ours, but the service does not know it');
      assert.equal(await call(hook, 'a-stranger'), 404);
      assert.equal(await call(hook, 'forged', { event: 'task.deleted' }), 400);
      assert.equal(await call(hook, 'forged', { body: '{"task_id":"another"}' }), 400);
      assert.equal(await call(hook, 'forged', { body: '{' }), 400);
      assert.ok([405, 501].includes(await call(hook, 'forged', { method: 'GET' })));
      assert.equal(await call(hook, 'forged', { body: 'x'.repeat(20_000) }), 413);
      assert.equal(await call(hook, 'forged', { body: 'x'.repeat(5_000_000) }), 413);
      await delay(50);
      assert.deepEqual(await finished(), []);
      assert.deepEqual(
        demo.requests.map(({ path }) => path),
        ['/v1/tasks/forged'],
        'only what is ours is asked about',
      );
    });

    test('JSON that is nested too deeply is a bad request', async () => {
      const demo = (service = await demoService());
      const hook = await serve(demo.url);
      await isOurs('deep');
      for (const body of [
        `{"task_id":"deep","a":${'['.repeat(4_900)}`,
        '['.repeat(9_000),
        `${'{"a":'.repeat(1_500)}1${'}'.repeat(1_500)}`,
      ])
        assert.equal(await call(hook, 'deep', { body }), 400);

      assert.equal(demo.requests.length, 0);
    });

    for (const [what, text] of [
      [
        'a body that does not come',
        'POST / HTTP/1.1\r\nHost: x\r\nX-Task-Id: slow\r\nX-Webhook-Event: task.completed\r\nContent-Length: 100\r\n\r\n',
      ],
      [
        'a body that comes byte by byte',
        'POST / HTTP/1.1\r\nHost: x\r\nX-Task-Id: slow\r\nX-Webhook-Event: task.completed\r\nContent-Length: 9000\r\n\r\n',
      ],
      // Node's own server looks after its headers.
      ...(variant.extension === 'py'
        ? ([['a head that comes byte by byte', 'POST / HTTP/1.1\r\nHost: x\r\nX-Long: ']] as const)
        : []),
    ] as const) {
      test(`${what} is given up, and others are served meanwhile`, async () => {
        const demo = (service = await demoService());
        const hook = new URL(await serve(demo.url));
        const socket = connect(Number(hook.port), '127.0.0.1');
        const drip = setInterval(() => {
          if (what.includes('byte')) socket.write('x');
        }, 20);
        let answer = '';
        // What was on its way when the server closed can end in a reset.
        const closed = new Promise<void>(resolve =>
          socket
            .on('error', () => undefined)
            .once('close', () => {
              clearInterval(drip);
              resolve();
            })
            .on('data', (chunk: Buffer) => {
              answer += chunk.toString();
            }),
        );
        socket.write(text);
        const [stranger] = await Promise.all([call(hook.href, 'a-stranger'), closed]);
        assert.match(answer, what.includes('head') ? /^HTTP\/1\.[01] 400 / : /^HTTP\/1\.[01] 408 /);
        assert.equal(stranger, 404);
      });
    }

    test('many calls at once are all answered', async () => {
      const demo = (service = await demoService());
      const hook = await serve(demo.url);
      const answers = await Promise.all(
        Array.from({ length: 150 }, (_, index) => call(hook, `stranger-${index}`)),
      );
      assert.deepEqual(new Set(answers), new Set([404]));
    });

    test('a fault inside the service is asked about again, and a result without links has failed', async () => {
      const scripted = (service = await scriptedService({
        'GET /v1/tasks/empty': [
          { code: -1000, message: 'read ECONNRESET', data: null },
          { task_id: 'empty', status: 'completed', result: { data: [{ url: null }] } },
        ],
      }));
      const hook = await serve(scripted.url);
      await isOurs('empty');
      assert.equal(await call(hook, 'empty'), 204);
      assert.deepEqual(
        (await untilFinished()).map(({ status, error }) => [status, error]),
        [['failed', 'It was completed without a result.']],
      );
    });
  });
}
