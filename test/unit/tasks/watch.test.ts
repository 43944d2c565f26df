import assert from 'node:assert/strict';
import { JimengClient } from '../../../src/core/service/client.ts';
import { watch } from '../../../src/core/tasks/watch.ts';
import { silentLog } from './samples.ts';
import { hangUp, scriptedService, type Answer } from '../../scripted-service.ts';

suite('watch', () => {
  /** Watches the task `t` at a service that answers so, and tells what came of it and which states were passed. */
  async function watched(answers: Answer[], signal = new AbortController().signal) {
    const service = await scriptedService({ 'GET /v1/tasks/t': answers });
    const client = new JimengClient({ address: service.url, log: silentLog });
    const passed: string[] = [];
    try {
      const result = await watch({
        client, serviceTaskId: 't', signal, pause: () => 1,
        onStatus: status => { passed.push(status); return Promise.resolve(); },
      });
      return { result, passed, asked: service.count('/v1/tasks/t') };
    } finally {
      await client.close();
      await service.close();
    }
  }
  const task = (status: string, more = {}) => ({ task_id: 't', type: 'image', status, model: 'jimeng-4.0', prompt: 'p', created_at: 1, updated_at: 1, ...more });
  const completed = task('completed', { result: { created: 1, data: [{ url: 'http://127.0.0.1/1' }, { url: 'http://127.0.0.1/2' }] } });

  test('passes through every state to the result', async () => {
    const { result, passed } = await watched([task('pending'), task('queued'), task('processing'), completed]);
    assert.deepEqual(passed, ['pending', 'queued', 'processing']);
    assert.deepEqual(result, { outcome: 'result', items: [{ url: 'http://127.0.0.1/1' }, { url: 'http://127.0.0.1/2' }] });
  });

  test('a failed task is told by its text', async () => {
    const { result } = await watched([task('failed', { error: '[请求失败] 积分不足' })]);
    assert.equal(result.outcome, 'failed');
    assert.equal(result.failure.kind, 'noCredits');
  });

  test('a cancel from elsewhere is noticed', async () => {
    assert.deepEqual((await watched([task('queued'), task('cancelled')])).result, { outcome: 'cancelled' });
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

  test('an answer that never fits ends the watch', async () => {
    const { result, asked } = await watched([{ nonsense: true }]);
    assert.equal(result.outcome, 'failed');
    assert.equal(result.failure.kind, 'unreadable');
    assert.equal(asked, 5);
  });

  test('ends at once when it is told to', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const answers: Answer[] = [task('queued'), response => { controller.abort(reason); response.end('{}'); }];
    await assert.rejects(watched(answers, controller.signal));
  });
});
