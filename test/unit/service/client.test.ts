import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { check } from '../../../src/core/request/check.ts';
import { JimengClient } from '../../../src/core/service/client.ts';
import { JimengError, textOf } from '../../../src/core/service/failures/failures.ts';
import { direct } from '../../../src/core/service/proxy.ts';
import { parseSessionId, type SessionId } from '../../../src/core/session/session.ts';
import { leaks } from '../../leaks.ts';
import { hangUp, scriptedService, type Answer } from '../../scripted-service.ts';

const id = '0123456789abcdef0123456789abcdef';
const route = 'POST /v1/images/generations';

suite('client', () => {
  const session = (parseSessionId(`us-${id}`) as { session: SessionId }).session;
  const checkedFor = (prompt: string) => {
    const checked = check({ kind: 'image', prompt }, 'cn', { unknownModels: 'refuse' });
    assert.ok(checked.ok);
    return checked;
  };
  let lines: string[];
  const log = {
    info: (line: string) => lines.push(line),
    warn: (line: string) => lines.push(line),
    debug: (line: string) => lines.push(`debug ${line}`),
  };
  setup(() => {
    lines = [];
  });

  /** Does something with a client of a service that answers so. */
  async function withService<T>(
    script: Record<string, Answer[]>,
    work: (
      client: JimengClient,
      service: Awaited<ReturnType<typeof scriptedService>>,
    ) => Promise<T>,
  ): Promise<T> {
    const service = await scriptedService(script);
    const client = new JimengClient({ address: service.url, session, network: direct, log });
    try {
      return await work(client, service);
    } finally {
      await client.close();
      await service.close();
    }
  }
  const failureOf = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => assert.fail('it did not fail'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof JimengError, String(error));
    return error.failure;
  };

  test('a prompt arrives as typed, behind a reader that rewrites JSON', async () => {
    const prompt = 'a\u00a0b\u2003c\u200bd\ufeffe ,] , } ,\n] "quoted" \\ 即梦 🐈 \u2028';
    await withService(
      { [route]: [{ data: [{ url: 'http://127.0.0.1/1' }] }] },
      async (client, service) => {
        await client.generate(checkedFor(prompt), { async: false });
        const rewritten = service.arrived[0]!.body.replace(/[\u2000-\u200b\u00a0]/g, ' ')
          .replace(/\ufeff/g, '')
          .replace(/,(\s*[}\]])/g, '$1');
        assert.equal((JSON.parse(rewritten) as { prompt: string }).prompt, prompt);
      },
    );
  });

  test('an async request names async and the callback; a held one neither', async () => {
    await withService(
      { [route]: [{ task_id: 't', status: 'pending' }, { data: [{ url: 'u' }] }] },
      async (client, service) => {
        assert.deepEqual(
          await client.generate(checkedFor('p'), {
            async: true,
            callbackUrl: 'http://127.0.0.1/x',
          }),
          { type: 'task', serviceTaskId: 't', status: 'pending' },
        );
        assert.deepEqual(await client.generate(checkedFor('p'), { async: false }), {
          type: 'result',
          items: [{ url: 'u' }],
        });
        const [first, second] = service.arrived.map(
          ({ body }) => JSON.parse(body) as Record<string, unknown>,
        );
        assert.deepEqual([first!['async'], first!['callback_url']], [true, 'http://127.0.0.1/x']);
        assert.ok(!('async' in second!) && !('callback_url' in second!));
      },
    );
  });

  test('results come as links or inline', async () => {
    await withService(
      { [route]: [{ data: [{ url: 'u' }, { b64_json: Buffer.from('x').toString('base64') }] }] },
      async client => {
        assert.deepEqual(await client.generate(checkedFor('p'), { async: true }), {
          type: 'result',
          items: [{ url: 'u' }, { bytes: Buffer.from('x') }],
        });
      },
    );
  });

  for (const [what, answer, kind] of [
    [
      'an envelope under HTTP 200',
      { code: -2002, message: '登录失效', data: null },
      'sessionExpired',
    ],
    ['HTML', (response => response.end('<html>hello</html>')) as Answer, 'outcomeUnknown'],
    [
      'HTML of a gateway',
      (response => {
        response.statusCode = 502;
        response.end('<html>bad gateway</html>');
      }) as Answer,
      'gatewayTrouble',
    ],
    [
      'a redirect',
      (response => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()) as Answer,
      'outcomeUnknown',
    ],
    ['nothing', (response => response.end()) as Answer, 'outcomeUnknown'],
    ['another JSON', { hello: 'world' }, 'outcomeUnknown'],
    ['no pictures', { data: [] }, 'nothingReturned'],
    ['pictures without a link', { data: [{}, { url: '' }] }, 'resultInHistory'],
    [
      'a fault inside the service',
      { code: -1000, message: 'imageUrls is not defined', data: null },
      'outcomeUnknown',
    ],
    [
      'a way to the site that broke',
      { code: -1000, message: 'read ECONNRESET', data: null },
      'outcomeUnknown',
    ],
    [
      "a time-out of the service's",
      { code: -2001, message: '[请求超时]: 即梦API请求超时，请稍后重试', data: null },
      'outcomeUnknown',
    ],
    [
      'a time-out of its limiter',
      {
        code: -1000,
        message: '[SessionRateLimiter] wait timeout for 0123***cdef (60000ms)',
        data: null,
      },
      'limiterFull',
    ],
    [
      'a refusal by a gateway',
      (response =>
        response
          .writeHead(403)
          .end('{"error":{"message":"no quota","type":"new_api_error","code":"q"}}')) as Answer,
      'requestRefused',
    ],
    ['a hang-up', hangUp, 'connectionLost'],
    [
      'half an answer',
      (response => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"da');
        setImmediate(() => response.socket?.destroy());
      }) as Answer,
      'connectionLost',
    ],
  ] as const) {
    test(`${what}: ${kind}, after one request`, async () => {
      await withService({ [route]: [answer] }, async (client, service) => {
        const failure = await failureOf(client.generate(checkedFor('p'), { async: false }));
        assert.equal(failure.kind, kind);
        assert.equal(service.arrived.length, 1);
      });
    });
  }

  test('a field that does not fit is named', async () => {
    await withService(
      { 'GET /v1/tasks/t': [{ task_id: 't', status: 'completed', result: { data: 7 } }] },
      async client => {
        assert.match((await failureOf(client.getTask('t'))).detail ?? '', /result/);
      },
    );
  });

  test('fields that may be missing may be missing', async () => {
    await withService(
      { 'GET /v1/tasks/t': [{ status: 'completed', result: { data: [{ url: 'u' }] } }] },
      async client => {
        assert.deepEqual(await client.getTask('t'), { status: 'completed', items: [{ url: 'u' }] });
      },
    );
  });

  test('where nobody listens, nothing was sent', async () => {
    const client = new JimengClient({
      address: 'http://127.0.0.1:9',
      session,
      network: direct,
      log,
    });
    let sent = false;
    assert.equal(
      (
        await failureOf(
          client.generate(checkedFor('p'), {
            async: false,
            onSent: () => {
              sent = true;
            },
          }),
        )
      ).kind,
      'serviceDown',
    );
    assert.equal((await failureOf(client.about())).kind, 'serviceDown');
    assert.equal(sent, false);
    await client.close();
  });

  test('a connection that stood and then broke may have been charged', async () => {
    const server = createServer(socket => socket.destroy());
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const client = new JimengClient({
      address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      session,
      network: direct,
      log,
    });
    assert.equal(
      (await failureOf(client.generate(checkedFor('p'), { async: false }))).kind,
      'connectionLost',
    );
    await client.close();
    server.close();
  });

  test('what is asked before a generation and does not come through has charged nothing', async () => {
    const files = {
      files: [{ uri: 'file:///a.png', name: 'a.png', type: 'image/png', input: new Blob(['a']) }],
    };
    for (const answer of [
      hangUp,
      response => response.end('{"endpoints":'),
      response => response.writeHead(502).end('<html>'),
    ] satisfies Answer[]) {
      await withService({ 'GET /': [answer] }, async (client, service) => {
        const { kind } = await failureOf(
          client.generate(checkedFor('p'), { async: false, inputs: files }),
        );
        assert.ok(['serviceDown', 'notTheService'].includes(kind), kind);
        assert.ok(
          (await failureOf(client.generate(checkedFor('p'), { async: false, onlyDemo: true })))
            .kind === kind,
        );
        assert.deepEqual(
          service.arrived.filter(({ path }) => path !== '/'),
          [],
        );
      });
    }
  });

  test('what was asked of a demo goes to no service that spends credits', async () => {
    const about = { service: 'jimeng-api', endpoints: { tasks: '/v1/tasks' } };
    await withService(
      { 'GET /': [about, { ...about, demo: true }], [route]: [{ data: [{ url: 'u' }] }] },
      async (client, service) => {
        assert.equal(
          (await failureOf(client.generate(checkedFor('p'), { async: false, onlyDemo: true })))
            .kind,
          'demoEnded',
        );
        assert.equal(service.count(route.split(' ')[1]!), 0);
        assert.deepEqual(await client.generate(checkedFor('p'), { async: false, onlyDemo: true }), {
          type: 'result',
          items: [{ url: 'u' }],
        });
      },
    );
  });

  test('cancelling aborts, and is no failure', async () => {
    await withService(
      {
        [route]: [
          () => {
            /* never answers */
          },
        ],
      },
      async client => {
        const controller = new AbortController();
        const reason = new Error('enough');
        await assert.rejects(
          client.generate(checkedFor('p'), {
            async: false,
            signal: controller.signal,
            onSent: () => controller.abort(reason),
          }),
          reason,
        );
      },
    );
  });

  test('tells the two kinds of service apart, and a demo', async () => {
    const about = {
      service: 'jimeng-api',
      version: '1.6.3',
      endpoints: { images: '/v1/images/generations' },
    };
    await withService(
      {
        'GET /': [
          about,
          { ...about, demo: true, endpoints: { tasks: '/v1/tasks' } },
          { service: 'something else' },
        ],
      },
      async client => {
        assert.deepEqual(await client.about(), { kind: 'stock', demo: false, version: '1.6.3' });
        assert.deepEqual(await client.about(), { kind: 'task', demo: true, version: '1.6.3' });
        assert.equal((await failureOf(client.about())).kind, 'notTheService');
      },
    );
  });

  test('a cancel that comes too late is told', async () => {
    await withService(
      { 'POST /v1/tasks/t/cancel': [{ code: -1000, message: '任务无法取消', data: null }] },
      async client => {
        assert.equal((await failureOf(client.cancelTask('t'))).kind, 'notCancellable');
      },
    );
  });

  test('the list is asked for with a slash, without one where that is not found, and then as it was found', async () => {
    const list = { tasks: [], total: 0 };
    await withService({ 'GET /v1/tasks/': [list] }, async (client, service) => {
      await client.listTasks({ limit: 5 });
      assert.deepEqual(
        service.arrived.map(({ path }) => path),
        ['/v1/tasks/?limit=5'],
      );
    });
    for (const missing of [
      { code: -1000, message: '[请求有误]: 请检查API文档确认', data: null },
      response => response.writeHead(404).end('<html>'),
      { code: -1000, message: '任务不存在: ', data: null },
    ] satisfies Answer[]) {
      await withService(
        { 'GET /v1/tasks/': [missing], 'GET /v1/tasks': [list] },
        async (client, service) => {
          await client.listTasks();
          await client.listTasks({ status: 'queued' });
          assert.deepEqual(
            service.arrived.map(({ path }) => path),
            ['/v1/tasks/', '/v1/tasks', '/v1/tasks?status=queued'],
          );
        },
      );
    }
  });

  test('a service without tasks says so to whoever asks for one', async () => {
    await withService({}, async client => {
      for (const work of [
        client.listTasks(),
        client.lookUp('t'),
        client.getTask('t'),
        client.cancelTask('t'),
        client.tasksState(),
      ])
        assert.equal((await failureOf(work)).kind, 'noTasks');
    });
  });

  test('one odd task of a stranger does not break the list', async () => {
    const odd = [
      null,
      7,
      'x',
      {},
      { task_id: 1 },
      { task_id: '', status: 'failed' },
      { task_id: 'x'.repeat(201), status: 'failed' },
      { task_id: 'a\u0007b', status: 'failed' },
      { task_id: 'a\ud800', status: 'failed' },
      { task_id: '..', status: 'failed' },
      { task_id: 'a' },
    ];
    const ours = [
      { task_id: 'a', status: 'queued', type: 7, model: null, prompt: {}, created_at: 1e20 },
      { task_id: 'b', status: 'failed', prompt: 'p\ud800', created_at: -1e20 },
      { task_id: 'c', status: 'odd', created_at: 1_700_000_000 },
    ];
    await withService(
      { 'GET /v1/tasks/': [{ tasks: [...odd, ...ours], storage_mode: 9, queue_stats: 'none' }] },
      async client => {
        const list = await client.listTasks();
        assert.deepEqual(
          list.map(({ serviceTaskId, type, model, prompt, createdAt }) => [
            serviceTaskId,
            type,
            model,
            prompt,
            createdAt,
          ]),
          [
            ['a', undefined, undefined, undefined, undefined],
            ['b', undefined, undefined, 'p\ufffd', undefined],
            ['c', undefined, undefined, undefined, 1_700_000_000_000],
          ],
        );
        assert.equal((await client.tasksState()).queue, undefined);
      },
    );
  });

  test('what cannot be the ID of a task is asked of nobody', async () => {
    await withService({}, async (client, service) => {
      for (const odd of ['', '.', '..', 'a\nb', 'a\ud800', 'x'.repeat(201), `of-${id}`]) {
        session.recognise();
        for (const work of [client.getTask(odd), client.lookUp(odd), client.cancelTask(odd)])
          assert.equal((await failureOf(work)).kind, 'badTaskId', odd);
      }
      assert.deepEqual(service.arrived, []);
    });
  });

  test('an entry without a link loses only itself, and results have a maximum that is told', async () => {
    const good = Array.from({ length: 70 }, (_, n) => ({ url: `http://127.0.0.1/${n}` }));
    const odd = [
      null,
      {},
      { url: null },
      { url: '' },
      { url: 7 },
      { b64_json: '' },
      { url: `http://127.0.0.1/?token=${id}` },
      { url: 'x'.repeat(20_000) },
    ];
    await withService(
      {
        [route]: [{ data: [odd[0], good[0], ...odd, good[1]] }, { data: good }],
        'GET /v1/tasks/t': [{ status: 'completed', result: { data: good } }],
      },
      async client => {
        session.recognise();
        assert.deepEqual(await client.generate(checkedFor('p'), { async: false }), {
          type: 'result',
          items: good.slice(0, 2),
        });
        assert.deepEqual(await client.generate(checkedFor('p'), { async: false }), {
          type: 'result',
          items: good.slice(0, 64),
          beyond: 6,
        });
        assert.deepEqual(await client.getTask('t'), {
          status: 'completed',
          items: good.slice(0, 64),
          beyond: 6,
        });
      },
    );
  });

  test('a success that is wrapped is a success', async () => {
    const data = [{ url: 'http://127.0.0.1/1' }];
    await withService(
      {
        [route]: [
          { code: 0, message: 'OK', data: { created: 1, data } },
          { code: 0, data },
          { code: '0', data: { task_id: 't', status: 'pending' } },
          { code: 0, data: { task_id: 'u', status: 'odd' } },
        ],
        'POST /token/points': [{ code: 0, data: [{ points: { totalCredit: 3 } }] }],
      },
      async client => {
        assert.deepEqual(await client.generate(checkedFor('p'), { async: false }), {
          type: 'result',
          items: data,
        });
        assert.deepEqual(await client.generate(checkedFor('p'), { async: false }), {
          type: 'result',
          items: data,
        });
        assert.deepEqual(await client.generate(checkedFor('p'), { async: true }), {
          type: 'task',
          serviceTaskId: 't',
          status: 'pending',
        });
        assert.deepEqual(await client.generate(checkedFor('p'), { async: true }), {
          type: 'task',
          serviceTaskId: 'u',
          status: 'pending',
        });
        assert.equal(await client.account.credits(), 3);
      },
    );
  });

  test('what a gateway says is shown, and understood where it repeats the service', async () => {
    const answer =
      (status: number, message: string): Answer =>
      response =>
        response
          .writeHead(status)
          .end(JSON.stringify({ error: { message, type: 't', code: 'c' } }));
    await withService(
      {
        [route]: [
          answer(403, 'no quota left'),
          answer(500, '[积分不足]: credits not enough'),
          answer(500, 'oops'),
        ],
      },
      async client => {
        assert.deepEqual(await failureOf(client.generate(checkedFor('p'), { async: false })), {
          kind: 'requestRefused',
          detail: 'no quota left (HTTP 403)',
        });
        assert.equal(
          (await failureOf(client.generate(checkedFor('p'), { async: false }))).kind,
          'noCredits',
        );
        assert.deepEqual(await failureOf(client.generate(checkedFor('p'), { async: false })), {
          kind: 'gatewayTrouble',
          detail: 'oops (HTTP 500)',
        });
      },
    );
  });

  test('a task that claims to run where nothing runs is stuck', async () => {
    const stats = (running: number, queued: number) => ({
      queue_stats: { running, queued, maxConcurrent: 50 },
    });
    const task = { task_id: 't', status: 'processing' };
    await withService(
      {
        'GET /v1/tasks/t': [
          { ...task, ...stats(0, 0) },
          { ...task, ...stats(0, 0) },
          { ...task, ...stats(1, 0) },
          task,
          { ...task, status: 'cancelled', ...stats(0, 0) },
        ],
        'GET /v1/tasks/': [{ tasks: [task, { task_id: 'u', status: 'failed' }], ...stats(0, 0) }],
      },
      async client => {
        assert.deepEqual(await client.getTask('t'), { status: 'processing', isStuck: true });
        assert.equal((await client.lookUp('t')).isStuck, true);
        assert.deepEqual(await client.getTask('t'), { status: 'processing' });
        assert.deepEqual(await client.getTask('t'), { status: 'processing' });
        assert.deepEqual(await client.getTask('t'), { status: 'cancelled' });
        assert.deepEqual(
          (await client.listTasks()).map(({ isStuck }) => isStuck),
          [true, false],
        );
        assert.deepEqual((await client.listTasks())[0]!.read(), {
          status: 'processing',
          isStuck: true,
        });
        assert.equal((await client.tasksState()).isStuck, true);
      },
    );
  });

  for (const secret of [id, `us-${id}`, 'abc%2Bdef-ghi.jkl_mno']) {
    test(`${secret.slice(0, 3)}…: no part of a session ID is in a failure or a log line, wherever a text is cut`, async () => {
      const parsed = (parseSessionId(secret) as { session: SessionId }).session;
      const bare = secret.replace(/^us-/, '');
      let offset = 180;
      const padded = () => `${'.'.repeat(offset)} ${bare} ${'.'.repeat(400)}`;
      const service = await scriptedService({
        [route]: [
          response => {
            const text = padded();
            const forms = [
              JSON.stringify({ code: -1, message: text }),
              text,
              JSON.stringify({ error: { message: text } }),
              JSON.stringify({ [text]: 1 }),
            ];
            response
              .writeHead([200, 200, 403, 200][offset % 4]!, { 'x-session': bare })
              .end(forms[offset % 4]);
          },
        ],
        'GET /v1/tasks/t': [
          response =>
            response.end(
              JSON.stringify({
                task_id: 't',
                status: 'failed',
                error: padded(),
                prompt: padded(),
                model: padded(),
              }),
            ),
        ],
        'GET /': [response => response.end(padded())],
      });
      const client = new JimengClient({
        address: service.url,
        session: parsed,
        network: direct,
        log,
      });
      const stranger = new JimengClient({ address: service.url, network: direct, log });
      try {
        for (; offset <= 310; offset++) {
          const failures = [
            await failureOf(client.generate(checkedFor(padded()), { async: false })),
            await failureOf(stranger.about()),
            await stranger.getTask('t'),
            { ...(await stranger.lookUp('t')) },
          ];
          assert.deepEqual(
            leaks(
              JSON.stringify([
                failures,
                failures.map(failure => ('kind' in failure ? textOf(failure) : '')),
                lines,
              ]),
              bare,
            ),
            [],
            `${offset}`,
          );
          lines = [];
        }
      } finally {
        await client.close();
        await stranger.close();
        await service.close();
      }
    });
  }

  test('the session ID is in the header and the token check, and in no log line, failure or result', async () => {
    const echo: Answer = (response, request) => {
      response.end(
        JSON.stringify({
          code: -1,
          message: `bad ${request.headers.authorization ?? ''} / ${id}`,
          data: null,
        }),
      );
    };
    const points = [
      {
        token: `us-${id}`,
        points: { giftCredit: 1, purchaseCredit: 2, vipCredit: 3, totalCredit: 6 },
      },
    ];
    await withService(
      { [route]: [echo], 'POST /token/points': [points], 'POST /token/check': [{ live: true }] },
      async (client, service) => {
        const failure = await failureOf(
          client.generate(checkedFor(`leak ${id}`), { async: false }),
        );
        assert.equal(await client.account.credits(), 6);
        assert.equal(await client.account.checkToken(session), true);
        assert.deepEqual(
          service.arrived.filter(({ body }) => body.includes(id)).map(({ path }) => path),
          [route.split(' ')[1], '/token/check'],
        );
        assert.ok(!JSON.stringify(failure).includes(id));
        assert.deepEqual(
          lines.filter(line => !line.startsWith('debug') && line.includes(id)),
          [],
        );
        assert.match(lines.join('\n'), /POST \/v1\/images\/generations \d+ ms: outcomeUnknown/);
      },
    );
  });

  test('nor where a client without a session checks it, or reads of a task that repeats it', async () => {
    const service = await scriptedService({
      'POST /token/check': [{ code: -1, message: `bad token us-${id}`, data: null }],
      'GET /v1/tasks/t': [{ task_id: 't', status: 'failed', error: `login of ${id} failed` }],
    });
    const client = new JimengClient({ address: service.url, network: direct, log });
    try {
      const failure = await failureOf(client.account.checkToken(session));
      assert.match(failure.detail ?? '', /bad token us-••••/);
      assert.doesNotMatch(
        JSON.stringify([failure, await client.getTask('t'), lines]),
        new RegExp(id),
      );
    } finally {
      await client.close();
      await service.close();
    }
  });
});
