import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { WebhookReceiver } from '../../../../src/core/queue/execute/webhook.ts';

/** The receiver reads 1 MiB; the rest is what the sockets' buffers take before the cut is seen. */
const MAX_SENT_BYTES = 64 * 1024 * 1024;

suite('webhook receiver', () => {
  const calls: string[] = [];
  let receiver: WebhookReceiver;
  setup(async () => {
    calls.length = 0;
    receiver = await WebhookReceiver.start({
      port: 0,
      host: '127.0.0.1',
      onCall: id => {
        calls.push(id);
      },
    });
  });
  teardown(() => receiver.close());

  const headers = {
    'x-task-id': 'service-id',
    'x-webhook-event': 'task.completed',
    'content-type': 'application/json',
  };
  const post = (url: string, init: RequestInit = {}) =>
    fetch(url, { method: 'POST', headers, body: '{"status":"completed"}', ...init });

  test('a call wakes, whatever its body says, and as often as it comes', async () => {
    const url = receiver.urlFor('a');
    for (const body of [
      '{"status":"completed"}',
      'not even JSON',
      '{"task_id":"forged","result":{"data":[{"url":"http://evil"}]}}',
    ])
      assert.equal((await post(url, { body })).status, 204);

    assert.deepEqual(calls, ['a', 'a', 'a']);
    assert.ok(receiver.wasCalledFor('a'));
    assert.ok(!receiver.wasCalledFor('b'));
  });

  test('each task has a path of its own that nobody can guess', () => {
    const urls = ['a', 'b', 'c'].map(id => receiver.urlFor(id));
    assert.equal(new Set(urls).size, 3);
    for (const url of urls) assert.match(new URL(url).pathname, /^\/[0-9a-f]{32}$/);
    assert.match(
      receiver.urlFor('d', 'http://host.docker.internal:7000/'),
      /^http:\/\/host\.docker\.internal:7000\/[0-9a-f]{32}$/,
    );
  });

  for (const [what, init, path, status] of [
    ['an unknown path', {}, '/guess', 404],
    ['another method', { method: 'GET', body: null }, undefined, 405],
    ['no task id', { headers: { 'x-webhook-event': 'task.completed' } }, undefined, 400],
    [
      'an event that there is not',
      { headers: { ...headers, 'x-webhook-event': 'task.exploded' } },
      undefined,
      400,
    ],
  ] as const) {
    test(`${what}: ${status}, and nothing happens`, async () => {
      const url = receiver.urlFor('a');
      assert.equal(
        (await post(path === undefined ? url : new URL(path, url).href, init)).status,
        status,
      );
      assert.deepEqual(calls, []);
    });
  }

  test('a body without an end is cut off', async () => {
    let sentBytes = 0;
    const endless = new ReadableStream({
      async pull(controller) {
        await setImmediate(); // a client that only ever writes would take all memory once nobody reads
        sentBytes += 65_536;
        if (sentBytes > MAX_SENT_BYTES) controller.error(new Error('It was never cut off.'));
        else controller.enqueue(new Uint8Array(65_536));
      },
    });
    const answer = await post(receiver.urlFor('a'), { body: endless, duplex: 'half' }).then(
      ({ status }) => status,
      () => 'cut off',
    );
    assert.ok(answer === 413 || answer === 'cut off', String(answer));
    assert.ok(sentBytes < MAX_SENT_BYTES);
    assert.deepEqual(calls, []);
  });
});
