import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PreparedRequest } from '../../../src/core/queue/prepare.ts';
import type { TaskIn, TaskStatus } from '../../../src/core/queue/task.ts';
import { proxyServer } from '../../proxy.ts';
import { hangUp } from '../../scripted-service.ts';
import { WebhookReceiver } from '../../../src/core/queue/execute/webhook.ts';
import { whenDone } from '../../../src/core/queue/when-done.ts';
import { TestWindow, requestFor, servicesUntil } from './setup.ts';

suite('queue', () => {
  let folder: string;
  const ends: (() => Promise<unknown>)[] = [];
  const { demo, scripted } = servicesUntil(ends);
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-queue-'));
  });
  teardown(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await rm(folder, { recursive: true, maxRetries: 3 });
  });

  function open(options: ConstructorParameters<typeof TestWindow>[1] = {}): TestWindow {
    const opened = new TestWindow(folder, options);
    ends.push(() => opened.dispose());
    return opened;
  }
  const add = (at: TestWindow, url: string, prompt: string, wait?: PreparedRequest['mode']) =>
    at.queue.add(requestFor(url, prompt, folder, wait));
  const pictures = async () =>
    (await readdir(join(folder, 'pic'))).filter(name => name.endsWith('.png'));
  const statusOf = async (at: TestWindow, id: string): Promise<TaskStatus | undefined> =>
    (await at.ledger.get(id))?.state.status;
  async function until(what: string, holds: () => Promise<boolean> | boolean) {
    for (let tries = 0; !(await holds()); tries++) {
      assert.ok(tries < 1_500, `it never came to this: ${what}`);
      await delay(10);
    }
  }

  test('twenty tasks: two at a time, in their order, each sent and saved once', async () => {
    const service = await demo({ delayMs: 20, maxConcurrent: 10 });
    const window = open();
    let most = 0;
    window.ledger.onDidChange(() => {
      most = Math.max(
        most,
        window.executor
          .running()
          .filter(({ state: { status } }) => !['waiting', 'saving', 'completed'].includes(status))
          .length,
      );
    });
    const tasks: { id: string }[] = [];
    for (let index = 0; index < 20; index++)
      tasks.push(await add(window, service.url, `cat ${index}`));
    const finished = await Promise.all(tasks.map(({ id }) => whenDone(window.ledger, id)));
    assert.ok(finished.every(task => task?.state.status === 'completed'));
    assert.equal(most, 2);
    const order = service
      .generationBodies()
      .map(body => Number((body as { prompt: string }).prompt.slice('cat '.length)));
    assert.deepEqual(
      [...order].sort((a, b) => a - b),
      tasks.map((_, index) => index),
    );
    assert.ok(
      order.every((number, index) => Math.abs(number - index) <= 1),
      `two that leave together may pass each other, no more: ${order.join()}`,
    );
    assert.equal(service.service.generations, 20);
    assert.equal((await pictures()).length, 80);
  });

  test('a waiting one is cancelled for nothing, and the others are not touched', async () => {
    const service = await demo({ delayMs: 150 });
    const window = open({ limits: () => ({ concurrency: 1, slowAfter: 600_000 }) });
    const [first, second, third] = [
      await add(window, service.url, '1'),
      await add(window, service.url, '2'),
      await add(window, service.url, '3'),
    ];
    assert.equal(await window.queue.command({ type: 'cancel', id: second.id }), 'done');
    assert.equal((await whenDone(window.ledger, first.id))?.state.status, 'completed');
    assert.equal((await whenDone(window.ledger, third.id))?.state.status, 'completed');
    assert.equal(await statusOf(window, second.id), 'cancelled');
    assert.equal(service.service.generations, 2);
    assert.equal(await window.queue.command({ type: 'cancel', id: second.id }), 'tooLate');
  });

  test('paused, nothing is sent; what waits can be cancelled all at once', async () => {
    const service = await demo();
    const window = open();
    assert.equal(await window.queue.command({ type: 'pause' }), 'done');
    const tasks = [
      await add(window, service.url, '1'),
      await add(window, service.url, '2'),
      await add(window, service.url, '3'),
    ];
    await delay(150);
    assert.equal(service.service.generations, 0);
    assert.equal(await window.queue.command({ type: 'cancelWaiting' }), 'done');
    for (const { id } of tasks) assert.equal(await statusOf(window, id), 'cancelled');
    const last = await add(window, service.url, '4');
    assert.equal(await window.queue.command({ type: 'resume' }), 'done');
    assert.equal((await whenDone(window.ledger, last.id))?.state.status, 'completed');
    assert.equal(service.service.generations, 1);
  });

  for (const [what, id] of [
    ['an expired session', 'expired-0123456789abcdef'],
    ['risk control', 'risk-0123456789abcdef'],
  ] as const) {
    test(`${what} pauses the queue of that session; another one goes on with what waits`, async () => {
      const service = await demo();
      const window = open({ limits: () => ({ concurrency: 1, slowAfter: 600_000 }) });
      window.session = id;
      const tasks: { id: string }[] = [];
      for (let index = 0; index < 5; index++)
        tasks.push(await add(window, service.url, String(index)));
      assert.equal((await whenDone(window.ledger, tasks[0]!.id))?.state.status, 'failed');
      await delay(200);
      assert.deepEqual(await Promise.all(tasks.slice(1).map(task => statusOf(window, task.id))), [
        'waiting',
        'waiting',
        'waiting',
        'waiting',
      ]);
      const pause = (await window.queue.state()).sessions[id];
      assert.equal(
        pause?.until !== undefined,
        what === 'risk control',
        'risk control passes; an expired session does not',
      );
      window.session = '0123456789abcdef0123456789abcdef';
      window.queue.wake();
      for (const task of tasks.slice(1))
        assert.equal((await whenDone(window.ledger, task.id))?.state.status, 'completed');
      assert.equal(service.service.generations, 4);
    });
  }

  test('without a session tasks wait for one', async () => {
    const service = await demo();
    const window = open();
    window.session = undefined;
    const { id } = await add(window, service.url, 'a cat');
    await delay(100);
    assert.equal(await statusOf(window, id), 'waiting');
    window.session = '0123456789abcdef0123456789abcdef';
    assert.equal((await whenDone(window.ledger, id))?.state.status, 'completed');
  });

  test('a service that is away: nothing is lost, and nothing is sent twice', async () => {
    const before = await demo();
    const { url } = before;
    await before.close();
    ends.pop();
    const window = open();
    const { id } = await add(window, url, 'a cat');
    await delay(200);
    assert.equal(await statusOf(window, id), 'waiting');
    const after = await demo({ port: Number(new URL(url).port) });
    assert.equal((await whenDone(window.ledger, id))?.state.status, 'completed');
    assert.equal(after.service.generations, 1);
  });

  test('one that takes very long gives its place to the next, and is still watched', async () => {
    const service = await demo({ delayMs: 400, maxConcurrent: 1 });
    const window = open({ limits: () => ({ concurrency: 1, slowAfter: 100 }) });
    const [first, second] = [
      await add(window, service.url, 'slow'),
      await add(window, service.url, 'next'),
    ];
    await until(
      'both are at the service',
      async () =>
        (await statusOf(window, first.id)) === 'processing' &&
        (await statusOf(window, second.id)) === 'queued',
    );
    assert.equal((await whenDone(window.ledger, first.id))?.state.status, 'completed');
    assert.equal((await whenDone(window.ledger, second.id))?.state.status, 'completed');
  });

  test('a service that restarts knows nothing: lost, and it can be looked for again', async () => {
    const before = await demo({ delayMs: 60_000 });
    const { url } = before;
    const window = open();
    const { id } = await add(window, url, 'a cat');
    await until('it is made', async () => (await statusOf(window, id)) === 'processing');
    await before.close();
    ends.splice(ends.length - 2, 1);
    await demo({ port: Number(new URL(url).port) });
    assert.equal((await whenDone(window.ledger, id))?.state.status, 'lost');
    assert.equal(await window.queue.command({ type: 'watchAgain', id }), 'done');
    await until('it is lost again', async () => (await statusOf(window, id)) === 'lost');
  });

  suite('what cannot be stopped', () => {
    test('a task that is made is no longer watched, and watched again', async () => {
      const service = await demo({ delayMs: 300 });
      const window = open();
      const { id } = await add(window, service.url, 'a cat');
      await until('it is made', async () => (await statusOf(window, id)) === 'processing');
      assert.equal(await window.queue.command({ type: 'cancel', id }), 'tooLate');
      assert.equal(await window.queue.command({ type: 'stopWatching', id }), 'done');
      assert.equal(await statusOf(window, id), 'detached');
      await delay(400);
      assert.equal(await window.queue.command({ type: 'watchAgain', id }), 'done');
      assert.equal((await whenDone(window.ledger, id))?.state.status, 'completed');
      assert.equal(service.service.generations, 1);
    });

    test('a held request too, while it is open', async () => {
      const service = await demo({ kind: 'stock', delayMs: 300 });
      const window = open();
      const { id } = await add(window, service.url, 'a cat', 'sync');
      await until('it is held', async () => (await statusOf(window, id)) === 'running');
      await window.queue.command({ type: 'stopWatching', id });
      await window.queue.command({ type: 'watchAgain', id });
      assert.equal(await statusOf(window, id), 'running');
      await window.queue.command({ type: 'stopWatching', id });
      await until('its result is kept', async () => {
        const task = await window.ledger.get(id);
        return task?.state.status === 'detached' && task.state.results !== undefined;
      });
      await window.queue.command({ type: 'watchAgain', id });
      await until('it is saved', async () => (await statusOf(window, id)) === 'completed');
      assert.equal((await pictures()).length, 4);
      assert.equal(service.service.generations, 1);
    });
  });

  test('missing pictures are fetched again, the others are not', async () => {
    const service = await demo({ delayMs: 0 });
    const window = open();
    const { id } = await add(window, service.url, 'a cat #broken');
    const partial = await whenDone(window.ledger, id);
    assert.ok(partial?.state.status === 'partial');
    const before = await pictures();
    assert.equal(await window.queue.command({ type: 'fetchMissing', id }), 'done');
    await until(
      'it was tried again',
      async () =>
        (await window.ledger.get(id))!.updatedAt > partial.updatedAt &&
        (await statusOf(window, id)) === 'partial',
    );
    assert.deepEqual(await pictures(), before);
    assert.equal(service.service.generations, 1);
  });

  suite('several windows', () => {
    test('one sends and watches, any may act, and when it closes the other takes over', async () => {
      const service = await demo({ delayMs: 300, maxConcurrent: 10 });
      const [first, second] = [open(), open()];
      await Promise.all([first.ledger.follow(), second.ledger.follow()]);
      const tasks: { id: string }[] = [];
      for (let index = 0; index < 6; index++)
        tasks.push(await add(index % 2 === 0 ? first : second, service.url, String(index)));
      await until('one leads', () => first.queue.isLeader || second.queue.isLeader);
      assert.ok(!(first.queue.isLeader && second.queue.isLeader));
      const [leader, other] = first.queue.isLeader ? [first, second] : [second, first];
      assert.equal(await other.queue.command({ type: 'cancel', id: tasks[5]!.id }), 'done');
      await until('two are made', () => service.generationBodies().length >= 2);
      await leader.dispose();
      ends.splice(ends.length - (leader === first ? 2 : 1), 1);
      for (const { id } of tasks.slice(0, 5))
        assert.equal((await whenDone(other.ledger, id))?.state.status, 'completed');
      assert.ok(other.queue.isLeader || (await other.ledger.unfinished()).length === 0);
      assert.equal(await statusOf(other, tasks[5]!.id), 'cancelled');
      assert.equal(service.service.generations, 5);
      assert.equal((await pictures()).length, 20);
    });

    test('each sees what the other writes and removes', async () => {
      const service = await demo();
      const [first, second] = [open(), open()];
      await second.ledger.follow();
      const seen: string[] = [];
      second.ledger.onDidChange(({ state: { status } }) => {
        seen.push(status);
      });
      const removed: string[] = [];
      second.ledger.onDidRemove(id => {
        removed.push(id);
      });
      const { id } = await add(first, service.url, 'a cat');
      assert.equal((await whenDone(second.ledger, id))?.state.status, 'completed');
      assert.equal(seen.at(-1), 'completed');
      await first.ledger.remove(id);
      await until('it is told', () => removed.includes(id));
    });

    test('a held request of a window that is gone is uncertain; a task at the service is recognized only by the person', async () => {
      const service = await demo({ delayMs: 300 });
      const stock = await demo({ kind: 'stock', delayMs: 60_000 });
      const gone = open();
      const [held, sent] = [
        await add(gone, stock.url, 'held', 'sync'),
        await add(gone, service.url, 'sent'),
      ];
      await until(
        'both are on their way',
        async () =>
          (await statusOf(gone, held.id)) === 'running' &&
          (await statusOf(gone, sent.id)) === 'processing',
      );
      const {
        state: { serviceTaskId },
      } = (await gone.ledger.get(sent.id)) as TaskIn<'processing'>;
      await gone.dispose();
      ends.pop();
      const heir = open();
      heir.queue.wake();
      assert.equal((await whenDone(heir.ledger, held.id))?.state.status, 'uncertain');
      assert.equal((await whenDone(heir.ledger, sent.id))?.state.status, 'completed');
      assert.equal(stock.generationBodies().length, 1);
      await heir.queue.command({ type: 'adopt', id: held.id, serviceTaskId });
      await until('it is looked for', async () => (await statusOf(heir, held.id)) === 'lost'); // the stock service has no tasks
    });
  });

  test('a webhook call wakes the watch, which asks the service itself', async () => {
    const service = await demo({ delayMs: 300 });
    const window: TestWindow = open({
      resolveAccount: task =>
        Promise.resolve({
          ...window.accountOf(task),
          callbackUrl: () => Promise.resolve(receiver.urlFor(task.id)),
        }),
    });
    window.pause = () => 60_000; // without a call the end would be noticed a minute later
    const receiver = await WebhookReceiver.start({
      port: 0,
      host: '127.0.0.1',
      onCall: () => window.executor.poller.wake(),
    });
    ends.push(() => receiver.close());
    const { id } = await add(window, service.url, 'a cat');
    assert.equal((await whenDone(window.ledger, id))?.state.status, 'completed');
    assert.ok(receiver.wasCalledFor(id));
    assert.equal((await pictures()).length, 4);
  });

  test('a window that ends while it is about to send sends nothing, and takes nothing up', async () => {
    const service = await demo({ delayMs: 60_000 });
    const first = open();
    const { id } = await add(first, service.url, 'at the service');
    await until(
      'it is there',
      async () =>
        (await statusOf(first, id)) === 'queued' || (await statusOf(first, id)) === 'processing',
    );
    await first.dispose();
    ends.pop();
    let ended: Promise<void> | undefined;
    const second = open({
      resolveAccount: async task => {
        ended = second.dispose();
        await delay(20);
        return second.accountOf(task);
      },
    });
    const waiting = await add(second, service.url, 'waits');
    await until('it ends', () => ended !== undefined);
    await ended;
    assert.deepEqual(second.executor.running(), []);
    assert.equal(await statusOf(second, waiting.id), 'waiting');
    assert.equal(service.generationBodies().length, 1);
  });

  test('an answer that never came is uncertain: nothing is sent again', async () => {
    const service = await scripted({ 'POST /v1/images/generations': [hangUp] });
    const window = open();
    const { id } = await add(window, service.url, 'a cat');
    assert.equal((await whenDone(window.ledger, id))?.state.status, 'uncertain');
    await delay(150);
    assert.equal(service.count('/v1/images/generations'), 1);
  });

  suite('behind a proxy', () => {
    const toProxy = (window: TestWindow, url: string) => {
      const settings = { proxy: { http: url } };
      window.network = () => settings;
    };
    const done = { data: [{ b64_json: 'eA==' }] };

    test('that is not there, a task waits and is sent once when it is', async () => {
      const service = await scripted({ 'POST /v1/images/generations': [done] });
      const before = await proxyServer();
      await before.close();
      const window = open();
      toProxy(window, before.url);
      const { id } = await add(window, `http://service.test:${service.port}`, 'p', 'sync');
      const seen: TaskStatus[] = [];
      window.ledger.onDidChange(task => seen.push(task.state.status));
      await until('it was tried', () => seen.includes('sending') && seen.at(-1) === 'waiting');
      const proxy = await proxyServer({ port: before.port });
      ends.push(() => proxy.close());
      await window.queue.command({ type: 'resume' });
      assert.equal((await whenDone(window.ledger, id))?.state.status, 'partial');
      assert.deepEqual([service.arrived.length, proxy.asked.length], [1, 1]);
      assert.ok(!seen.includes('uncertain'));
    });

    test('that wants a login, a task fails, and nothing was sent', async () => {
      const service = await scripted({ 'POST /v1/images/generations': [done] });
      const proxy = await proxyServer({ login: 'me:word' });
      ends.push(() => proxy.close());
      const window = open();
      toProxy(window, proxy.url);
      const { id } = await add(window, `http://service.test:${service.port}`, 'p');
      const task = await whenDone(window.ledger, id);
      assert.ok(task?.state.status === 'failed');
      assert.deepEqual(
        [task.state.failure, service.arrived.length, proxy.asked.length],
        [{ kind: 'proxyRefused', detail: 'HTTP 407' }, 0, 1],
      );
    });

    test('that begins to refuse, a task that was paid for is watched on', async () => {
      const service = await scripted({
        'POST /v1/images/generations': [{ task_id: 't', status: 'pending' }],
        'GET /v1/tasks/t': [
          { task_id: 't', status: 'processing' },
          { task_id: 't', status: 'completed', result: done },
        ],
      });
      const [good, bad] = [await proxyServer(), await proxyServer({ status: 407 })];
      ends.push(
        () => good.close(),
        () => bad.close(),
      );
      const window = open();
      toProxy(window, good.url);
      const { id } = await add(window, `http://service.test:${service.port}`, 'p');
      await until('it is watched', async () => (await statusOf(window, id)) === 'processing');
      toProxy(window, bad.url);
      await until('the proxy refused twice', () => bad.asked.length >= 2);
      assert.ok(['processing', 'pending'].includes((await statusOf(window, id)) ?? ''));
      toProxy(window, good.url);
      assert.equal((await whenDone(window.ledger, id))?.state.status, 'partial');
      assert.equal(service.count('/v1/images/generations'), 1);
    });
  });

  test('a tick while a task is being added leaves it its lease', async () => {
    const service = await demo();
    const window = new TestWindow(folder, {
      policy: {
        lease: 'task',
        resumes: () => true,
        ifHeldUp: 'end',
        limits: () => ({ concurrency: 2, slowAfter: 600_000 }),
      },
    });
    try {
      const put = window.ledger.put.bind(window.ledger);
      window.ledger.put = async task => {
        window.queue.wake();
        await delay(100); // as on a slow disk
        await put(task);
      };
      const { done } = await window.queue.add(requestFor(service.url, 'a cat', folder));
      assert.equal((await done).state.status, 'completed');
    } finally {
      await window.dispose();
    }
  });

  test('whoever waits for a task that has not begun hears when the queue ends', async () => {
    const window = new TestWindow(folder);
    window.session = undefined; // it waits for one
    const { id, done, accepted } = await add(window, 'http://127.0.0.1:9', 'a cat');
    await window.dispose();
    for (const promise of [accepted, done]) await assert.rejects(promise, { name: 'AbortError' });
    assert.equal(await statusOf(window, id), 'waiting', 'another process may send it');
  });

  test('where nothing may wait, a disk that fails again and again ends what waits, with the reason', async () => {
    const window = open({
      policy: {
        lease: 'task',
        resumes: () => true,
        ifHeldUp: 'end',
        limits: () => ({ concurrency: 2, slowAfter: 600_000 }),
      },
    });
    window.ledger.unfinishedIds = () =>
      Promise.reject(Object.assign(new Error('no input or output'), { code: 'EIO' }));
    const { done } = await add(window, 'http://127.0.0.1:9', 'a cat');
    assert.deepEqual((await done).state, {
      status: 'failed',
      failure: { kind: 'unexpected', detail: 'EIO' },
    });
  });
});
