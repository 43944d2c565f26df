import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { check } from '../../../src/core/models/check.ts';
import { JimengClient } from '../../../src/core/service/client.ts';
import { JimengError } from '../../../src/core/service/failures.ts';
import { direct } from '../../../src/core/service/network.ts';
import { parseSessionId, type SessionId } from '../../../src/core/session.ts';
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
  const log = { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(line), debug: (line: string) => lines.push(`debug ${line}`) };
  setup(() => { lines = []; });

  /** Does something with a client of a service that answers so. */
  async function withService<T>(script: Record<string, Answer[]>, work: (client: JimengClient, service: Awaited<ReturnType<typeof scriptedService>>) => Promise<T>): Promise<T> {
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
    const error = await work.then(() => assert.fail('it did not fail'), (thrown: unknown) => thrown);
    assert.ok(error instanceof JimengError, String(error));
    return error.failure;
  };

  test('a prompt arrives as typed, behind a reader that rewrites JSON', async () => {
    const prompt = 'a\u00a0b\u2003c\u200bd\ufeffe ,] , } ,\n] "quoted" \\ 即梦 🐈 \u2028';
    await withService({ [route]: [{ data: [{ url: 'http://127.0.0.1/1' }] }] }, async (client, service) => {
      await client.generate(checkedFor(prompt), { async: false });
      const rewritten = service.arrived[0]!.body.replace(/[\u2000-\u200b\u00a0]/g, ' ').replace(/\ufeff/g, '').replace(/,(\s*[}\]])/g, '$1');
      assert.equal((JSON.parse(rewritten) as { prompt: string }).prompt, prompt);
    });
  });

  test('an async request names async and the callback; a held one neither', async () => {
    await withService({ [route]: [{ task_id: 't', status: 'pending' }, { data: [{ url: 'u' }] }] }, async (client, service) => {
      assert.deepEqual(await client.generate(checkedFor('p'), { async: true, callbackUrl: 'http://127.0.0.1/x' }), { type: 'task', serviceTaskId: 't', status: 'pending' });
      assert.deepEqual(await client.generate(checkedFor('p'), { async: false }), { type: 'result', items: [{ url: 'u' }] });
      const [first, second] = service.arrived.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
      assert.deepEqual([first!['async'], first!['callback_url']], [true, 'http://127.0.0.1/x']);
      assert.ok(!('async' in second!) && !('callback_url' in second!));
    });
  });

  test('results come as links or inline', async () => {
    await withService({ [route]: [{ data: [{ url: 'u' }, { b64_json: Buffer.from('x').toString('base64') }] }] }, async client => {
      assert.deepEqual(await client.generate(checkedFor('p'), { async: true }), { type: 'result', items: [{ url: 'u' }, { bytes: Buffer.from('x') }] });
    });
  });

  for (const [what, answer, kind] of [
    ['an envelope under HTTP 200', { code: -2002, message: '登录失效', data: null }, 'sessionExpired'],
    ['HTML', (response => response.end('<html>hello</html>')) as Answer, 'outcomeUnknown'],
    ['HTML of a gateway', (response => { response.statusCode = 502; response.end('<html>bad gateway</html>'); }) as Answer, 'gatewayTrouble'],
    ['a redirect', (response => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()) as Answer, 'outcomeUnknown'],
    ['nothing', (response => response.end()) as Answer, 'outcomeUnknown'],
    ['another JSON', { hello: 'world' }, 'outcomeUnknown'],
    ['no pictures', { data: [] }, 'nothingReturned'],
    ['pictures without a link', { data: [{}, { url: '' }] }, 'resultInHistory'],
    ['a fault inside the service', { code: -1000, message: 'imageUrls is not defined', data: null }, 'outcomeUnknown'],
    ['a way to the site that broke', { code: -1000, message: 'read ECONNRESET', data: null }, 'outcomeUnknown'],
    ['a time-out of the service\'s', { code: -2001, message: '[请求超时]: 即梦API请求超时，请稍后重试', data: null }, 'outcomeUnknown'],
    ['a time-out of its limiter', { code: -1000, message: '[SessionRateLimiter] wait timeout for 0123***cdef (60000ms)', data: null }, 'limiterFull'],
    ['a refusal by a gateway', (response => response.writeHead(403).end('{"error":{"message":"no quota","type":"new_api_error","code":"q"}}')) as Answer, 'requestRefused'],
    ['a hang-up', hangUp, 'connectionLost'],
    ['half an answer', (response => { response.writeHead(200, { 'content-length': '100' }); response.write('{"da'); setImmediate(() => response.socket?.destroy()); }) as Answer, 'connectionLost'],
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
    await withService({ 'GET /v1/tasks/t': [{ task_id: 't', status: 'completed', result: { data: 7 } }] }, async client => {
      assert.match((await failureOf(client.getTask('t'))).detail ?? '', /result/);
    });
  });

  test('fields that may be missing may be missing', async () => {
    await withService({ 'GET /v1/tasks/t': [{ status: 'completed', result: { data: [{ url: 'u' }] } }] }, async client => {
      assert.deepEqual(await client.getTask('t'), { status: 'completed', items: [{ url: 'u' }] });
    });
  });

  test('where nobody listens, nothing was sent', async () => {
    const client = new JimengClient({ address: 'http://127.0.0.1:9', session, network: direct, log });
    let sent = false;
    assert.equal((await failureOf(client.generate(checkedFor('p'), { async: false, onSent: () => { sent = true; } }))).kind, 'serviceDown');
    assert.equal((await failureOf(client.about())).kind, 'serviceDown');
    assert.equal(sent, false);
    await client.close();
  });

  test('a connection that stood and then broke may have been charged', async () => {
    const server = createServer(socket => socket.destroy());
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const client = new JimengClient({ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, session, network: direct, log });
    assert.equal((await failureOf(client.generate(checkedFor('p'), { async: false }))).kind, 'connectionLost');
    await client.close();
    server.close();
  });

  test('what is asked before a generation and does not come through has charged nothing', async () => {
    const files = { files: [{ uri: 'file:///a.png', name: 'a.png', type: 'image/png', input: new Blob(['a']) }] };
    for (const answer of [hangUp, response => response.end('{"endpoints":'), response => response.writeHead(502).end('<html>')] satisfies Answer[]) {
      await withService({ 'GET /': [answer] }, async (client, service) => {
        const { kind } = await failureOf(client.generate(checkedFor('p'), { async: false, inputs: files }));
        assert.ok(['serviceDown', 'notTheService'].includes(kind), kind);
        assert.ok((await failureOf(client.generate(checkedFor('p'), { async: false, onlyDemo: true }))).kind === kind);
        assert.deepEqual(service.arrived.filter(({ path }) => path !== '/'), []);
      });
    }
  });

  test('what was asked of a demo goes to no service that spends credits', async () => {
    const about = { service: 'jimeng-api', endpoints: { tasks: '/v1/tasks' } };
    await withService({ 'GET /': [about, { ...about, demo: true }], [route]: [{ data: [{ url: 'u' }] }] }, async (client, service) => {
      assert.equal((await failureOf(client.generate(checkedFor('p'), { async: false, onlyDemo: true }))).kind, 'demoEnded');
      assert.equal(service.count(route.split(' ')[1]!), 0);
      assert.deepEqual(await client.generate(checkedFor('p'), { async: false, onlyDemo: true }), { type: 'result', items: [{ url: 'u' }] });
    });
  });

  test('cancelling aborts, and is no failure', async () => {
    await withService({ [route]: [() => { /* never answers */ }] }, async client => {
      const controller = new AbortController();
      const reason = new Error('enough');
      await assert.rejects(client.generate(checkedFor('p'), { async: false, signal: controller.signal, onSent: () => controller.abort(reason) }), reason);
    });
  });

  test('tells the two kinds of service apart, and a demo', async () => {
    const about = { service: 'jimeng-api', version: '1.6.3', endpoints: { images: '/v1/images/generations' } };
    await withService({ 'GET /': [about, { ...about, demo: true, endpoints: { tasks: '/v1/tasks' } }, { service: 'something else' }] }, async client => {
      assert.deepEqual(await client.about(), { kind: 'stock', demo: false, version: '1.6.3' });
      assert.deepEqual(await client.about(), { kind: 'task', demo: true, version: '1.6.3' });
      assert.equal((await failureOf(client.about())).kind, 'notTheService');
    });
  });

  test('a cancel that comes too late is told', async () => {
    await withService({ 'POST /v1/tasks/t/cancel': [{ code: -1000, message: '任务无法取消', data: null }] }, async client => {
      assert.equal((await failureOf(client.cancelTask('t'))).kind, 'notCancellable');
    });
  });

  test('the session ID is in the header and the token check, and in no log line, failure or result', async () => {
    const echo: Answer = (response, request) => {
      response.end(JSON.stringify({ code: -1, message: `bad ${request.headers.authorization ?? ''} / ${id}`, data: null }));
    };
    const points = [{ token: `us-${id}`, points: { giftCredit: 1, purchaseCredit: 2, vipCredit: 3, totalCredit: 6 } }];
    await withService({ [route]: [echo], 'POST /token/points': [points], 'POST /token/check': [{ live: true }] }, async (client, service) => {
      const failure = await failureOf(client.generate(checkedFor(`leak ${id}`), { async: false }));
      assert.equal(await client.credits(), 6);
      assert.equal(await client.checkToken(session), true);
      assert.deepEqual(service.arrived.filter(({ body }) => body.includes(id)).map(({ path }) => path), [route.split(' ')[1], '/token/check']);
      assert.ok(!JSON.stringify(failure).includes(id));
      assert.deepEqual(lines.filter(line => !line.startsWith('debug') && line.includes(id)), []);
      assert.match(lines.join('\n'), /POST \/v1\/images\/generations \d+ ms: outcomeUnknown/);
    });
  });

  test('nor where a client without a session checks it, or reads of a task that repeats it', async () => {
    const service = await scriptedService({
      'POST /token/check': [{ code: -1, message: `bad token us-${id}`, data: null }],
      'GET /v1/tasks/t': [{ task_id: 't', status: 'failed', error: `login of ${id} failed` }],
    });
    const client = new JimengClient({ address: service.url, network: direct, log });
    try {
      const failure = await failureOf(client.checkToken(session));
      assert.match(failure.detail ?? '', /bad token us-••••/);
      assert.doesNotMatch(JSON.stringify([failure, await client.getTask('t'), lines]), new RegExp(id));
    } finally {
      await client.close();
      await service.close();
    }
  });
});
