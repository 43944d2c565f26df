import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { JimengClient } from '../../../../src/core/service/client.ts';
import { direct } from '../../../../src/core/service/proxy.ts';
import { Poller, type PollResult } from '../../../../src/core/queue/execute/poller.ts';
import { silentLog } from '../samples.ts';
import { hangUp, scriptedService, type Answer } from '../../../scripted-service.ts';

suite('watcher', () => {
  /** Watches the task `t` at a service that answers so, and tells what came of it and which states were passed. */
  async function watched(answers: Answer[], signal = new AbortController().signal) {
    const service = await scriptedService({ 'GET /v1/tasks/t': answers });
    const client = new JimengClient({ address: service.url, network: direct, log: silentLog });
    const passed: string[] = [];
    try {
      const result = await new Poller({ connect: () => client, pause: () => 1 }).poll({
        url: service.url,
        serviceTaskId: 't',
        signal,
        onStatus: status => {
          passed.push(status);
          return Promise.resolve();
        },
      });
      return { result, passed, asked: service.count('/v1/tasks/t') };
    } finally {
      await client.close();
      await service.close();
    }
  }
  const task = (status: string, more = {}) => ({
    task_id: 't',
    type: 'image',
    status,
    model: 'jimeng-4.0',
    prompt: 'p',
    created_at: 1,
    updated_at: 1,
    ...more,
  });
  const completed = task('completed', {
    result: { created: 1, data: [{ url: 'http://127.0.0.1/1' }, { url: 'http://127.0.0.1/2' }] },
  });

  test('passes through every state to the result', async () => {
    const { result, passed } = await watched([
      task('pending'),
      task('queued'),
      task('processing'),
      completed,
    ]);
    assert.deepEqual(passed, ['pending', 'queued', 'processing']);
    assert.deepEqual(result, {
      outcome: 'result',
      items: [{ url: 'http://127.0.0.1/1' }, { url: 'http://127.0.0.1/2' }],
    });
  });

  test('a failed task is told by its text', async () => {
    const { result } = await watched([task('failed', { error: '[请求失败] 积分不足' })]);
    assert.equal(result.outcome, 'failed');
    assert.equal(result.failure.kind, 'noCredits');
  });

  test('a cancel from elsewhere is noticed', async () => {
    assert.deepEqual((await watched([task('queued'), task('cancelled')])).result, {
      outcome: 'cancelled',
    });
  });

  for (const [what, envelope] of [
    ['an unknown task', { code: -1000, message: '任务不存在', data: null }],
    ['a service that has no tasks any more', { code: -1000, message: '请检查API文档', data: null }],
  ] as const) {
    test(`${what} is lost after one look`, async () => {
      const { result, asked } = await watched([envelope]);
      assert.deepEqual(result, { outcome: 'lost' });
      assert.equal(asked, 1);
    });
  }

  test('a task that is called processing while nothing runs at the service is stuck, once three looks agree', async () => {
    const idle = { queue_stats: { running: 0, queued: 0, maxConcurrent: 50 } };
    const { result, asked } = await watched([task('processing', idle)]);
    assert.deepEqual(result, { outcome: 'lost', failure: { kind: 'taskStuck' } });
    assert.equal(asked, 3);
    const between = await watched([
      task('queued', idle),
      task('queued', idle),
      task('processing', { queue_stats: { running: 1, queued: 0, maxConcurrent: 50 } }),
      completed,
    ]);
    assert.equal(between.result.outcome, 'result');
  });

  test('a service that is at odds with itself for a moment does not end the watch', async () => {
    const { result } = await watched([
      { code: -1, message: 'store is reconnecting', data: null },
      { code: -1000, message: 'read ECONNRESET', data: null },
      completed,
    ]);
    assert.equal(result.outcome, 'result');
  });

  test('any other error envelope ends the watch', async () => {
    const { result, asked } = await watched([{ code: -2002, message: '登录失效', data: null }]);
    assert.equal(result.outcome, 'failed');
    assert.equal(result.failure.kind, 'sessionExpired');
    assert.equal(asked, 1);
  });

  test('a service that is away for a while is waited for', async () => {
    const { result, asked } = await watched([hangUp, hangUp, completed]);
    assert.equal(result.outcome, 'result');
    assert.equal(asked, 3);
  });

  test('the page of a proxy, whatever its status, says nothing of the task: it goes on being watched', async () => {
    const pages = [200, 401, 403, 404, 413, 429, 502].map(
      (status): Answer =>
        response =>
          void response
            .writeHead(status, { 'content-type': 'text/html' })
            .end('<html>Sign in</html>'),
    );
    const { result, asked } = await watched([...pages, completed]);
    assert.equal(result.outcome, 'result');
    assert.equal(asked, pages.length + 1);
  });

  test('an answer that never fits ends the watch', async () => {
    const { result, asked } = await watched([{ nonsense: true }]);
    assert.equal(result.outcome, 'failed');
    assert.equal(result.failure.kind, 'outcomeUnknown');
    assert.equal(asked, 5);
  });

  test('ends at once when it is told to', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const answers: Answer[] = [
      task('queued'),
      response => {
        controller.abort(reason);
        response.end('{}');
      },
    ];
    await assert.rejects(watched(answers, controller.signal));
  });

  suite('several tasks', () => {
    /** Watches so many tasks at a service of its own; answers come from `answer`, called with each query of the list. */
    async function several(
      count: number,
      answer: (limit: number) => object[],
      byId: (id: string) => object = () => ({ code: -1000, message: '任务不存在', data: null }),
    ) {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        asked.push(request.url ?? '');
        const url = new URL(request.url ?? '', 'http://localhost');
        const id = /^\/v1\/tasks\/(.+)$/.exec(url.pathname)?.[1];
        const limit = Number(url.searchParams.get('limit'));
        response.end(
          JSON.stringify(
            id === undefined ? { tasks: answer(limit).slice(0, limit), total: 0 } : byId(id),
          ),
        );
      });
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const client = new JimengClient({ address: url, network: direct, log: silentLog });
      const watcher = new Poller({ connect: () => client, pause: () => 1 });
      try {
        const results = await Promise.all(
          Array.from({ length: count }, (_, index): Promise<PollResult> =>
            watcher.poll({
              url,
              serviceTaskId: `t${index}`,
              signal: new AbortController().signal,
              onStatus: () => Promise.resolve(),
            }),
          ),
        );
        return { results, asked };
      } finally {
        await client.close();
        server.close();
        server.closeAllConnections();
      }
    }
    const done = (id: string) => ({
      ...task('completed', { result: { created: 1, data: [{ url: `http://127.0.0.1/${id}` }] } }),
      task_id: id,
    });
    const stranger = (index: number) => ({
      task_id: `other${index}`,
      status: 'failed',
      secret: 'not ours',
    });

    test('one question for all of them', async () => {
      const { results, asked } = await several(40, () =>
        Array.from({ length: 40 }, (_, index) => done(`t${index}`)),
      );
      assert.deepEqual(
        results.map(result => result.outcome === 'result' && result.items),
        Array.from({ length: 40 }, (_, index) => [{ url: `http://127.0.0.1/t${index}` }]),
      );
      assert.ok(
        asked.length <= 2 && asked.every(url => url.startsWith('/v1/tasks/?')),
        asked.join(),
      );
    });

    test('the list is asked for as long as it has to be, and no longer', async () => {
      let rounds = 0;
      const { asked } = await several(3, () => [
        ...Array.from({ length: 400 }, (_, index) => stranger(index)),
        ...[0, 1, 2].map(index =>
          rounds++ < 12 ? { ...task('processing'), task_id: `t${index}` } : done(`t${index}`),
        ),
        ...Array.from({ length: 2_000 }, (_, index) => stranger(1_000 + index)),
      ]);
      const limits = asked
        .filter(url => url.includes('limit'))
        .map(url => Number(new URL(url, 'http://localhost').searchParams.get('limit')));
      assert.ok(limits.includes(453), `403 are needed, and 50 are to spare: ${limits.join()}`);
      assert.ok(Math.max(...limits) < 1_000, limits.join());
    });

    test('what the list does not show is asked for by its id', async () => {
      const { results, asked } = await several(3, () => [done('t0'), done('t2')]);
      assert.deepEqual(
        results.map(({ outcome }) => outcome),
        ['result', 'lost', 'result'],
      );
      assert.deepEqual(
        asked.filter(url => !url.includes('?')),
        ['/v1/tasks/t1'],
      );
    });

    test('a list that is refused or too large: each is asked for by its id', async () => {
      const { results } = await several(12, () => [{ nonsense: 1 }], done);
      assert.ok(results.every(({ outcome }) => outcome === 'result'));
    });
  });
});
