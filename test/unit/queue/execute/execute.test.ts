import assert from 'node:assert/strict';
import { mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Converter } from '../../../../src/core/images/converter.ts';
import { NodeFolder } from '../../../../src/core/output/node-folder.ts';
import type { ImageRequest } from '../../../../src/core/request/schema.ts';
import { JimengClient } from '../../../../src/core/service/client.ts';
import { JimengError } from '../../../../src/core/service/failures/failures.ts';
import { direct } from '../../../../src/core/service/proxy.ts';
import { parseSessionId } from '../../../../src/core/session/session.ts';
import { isActive } from '../../../../src/core/queue/transitions.ts';
import { Ledger } from '../../../../src/core/queue/store.ts';
import type { PreparedRequest } from '../../../../src/core/queue/prepare.ts';
import { Executor, type ExecutorOptions } from '../../../../src/core/queue/execute/execute.ts';
import type { StartedTask } from '../../../../src/core/queue/execute/executions.ts';
import { openFile } from '../../../../src/core/inputs/open-file.ts';
import { built } from '../../../built.ts';
import { hangUp, type Answer } from '../../../scripted-service.ts';
import { photo } from '../../convert/samples.ts';
import { silentLog } from '../samples.ts';
import { requestFor, servicesUntil, session, taskOf } from '../setup.ts';

const generations = 'POST /v1/images/generations';

suite('the way of a task', () => {
  let folder: string;
  let ledger: Ledger;
  let executor: Executor;
  const converter = new Converter({ workerUrl: built.pngWorker, codecs: built.codecs });
  const clients: JimengClient[] = [];
  const ends: (() => Promise<unknown>)[] = [];
  const { demo, scripted, serving } = servicesUntil(ends);

  const connect = (address: string, text?: string) => {
    const parsed = text === undefined ? undefined : parseSessionId(text);
    const client = new JimengClient({
      address,
      network: direct,
      log: silentLog,
      ...(parsed?.ok && { session: parsed.session }),
    });
    clients.push(client);
    return client;
  };
  const newExecutor = (more: Partial<ExecutorOptions> = {}) =>
    new Executor({
      ledger,
      converter,
      network: direct,
      connect,
      openFolder: uri => new NodeFolder(uri),
      openInput: openFile,
      receivedFolder: join(folder, 'received'),
      pause: () => 5,
      checksAfterCancel: [10, 20, 30],
      version: '1.2.3',
      keepsPrompts: () => true,
      ...more,
    });

  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-executor-'));
    ledger = new Ledger(join(folder, 'tasks'), silentLog);
    executor = newExecutor();
  });
  teardown(async () => {
    executor.dispose();
    await Promise.all(clients.splice(0).map(client => client.close()));
    await Promise.all(ends.splice(0).map(end => end()));
    await rm(folder, { recursive: true });
  });
  suiteTeardown(() => converter.dispose());

  const begin = (
    url: string,
    mode: PreparedRequest['mode'] = 'async',
    more: Partial<ImageRequest> = {},
  ) => send(executor, requestFor(url, 'a cute cat', folder, mode, more));
  /** As the queue does it. */
  const send = async (by: Executor, request: PreparedRequest) => {
    const task = taskOf(request);
    const lease = await ledger.acquire(task.id);
    assert.ok(lease);
    await ledger.put(task);
    return by.send(task, lease, { client: connect(request.service.url, session) }, 'end');
  };
  /** Resolves when the ledger has the task in this state. */
  const reaches = (status: string) =>
    new Promise<void>(resolve => {
      const stop = ledger.onDidChange(task => {
        if (task.state.status === status) {
          stop();
          resolve();
        }
      });
    });
  const onDisk = async (id: string, status: string) => {
    while ((await ledger.get(id))?.state.status !== status) await delay(50);
  };
  const pictures = async () =>
    (await readdir(join(folder, 'pic'))).filter(name => name.endsWith('.png'));

  test('a task is written before it is sent, passes its states, and ends with its pictures', async () => {
    const service = await demo();
    const seen: string[] = [];
    ledger.onDidChange(({ state: { status } }) => {
      if (seen.at(-1) !== status) seen.push(status);
    });
    const { done, accepted } = await begin(service.url);
    assert.deepEqual(seen.slice(0, 1), ['waiting'], 'on the disk before anything is sent');
    assert.ok('serviceTaskId' in (await accepted).state);
    const task = await done;
    assert.equal(task.state.status, 'completed');
    assert.deepEqual(
      task.state.files.map(({ index, width, height }) => [index, width, height]),
      [0, 1, 2, 3].map(index => [index, 1024, 1024]),
    );
    assert.deepEqual(
      await pictures(),
      task.state.files.map(({ path }) => basename(path)),
    );
    assert.equal(service.service.generations, 1);
    assert.deepEqual(
      seen.filter(status => !['pending', 'queued', 'processing'].includes(status)),
      ['waiting', 'sending', 'saving', 'completed'],
    );
    assert.deepEqual(await ledger.unfinished(), []);
  });

  test('a held request, and a stock service that ignores `async`', async () => {
    const service = await demo({ kind: 'stock' });
    for (const mode of ['sync', 'async'] as const) {
      const { done } = await begin(service.url, mode);
      assert.equal((await done).state.status, 'completed');
    }
    assert.equal(service.service.generations, 2);
    assert.equal((await pictures()).length, 8);
  });

  for (const [mode, most] of [
    ['sync', 4],
    ['async', 5],
  ] as const) {
    test(`four pictures (${mode}) wait for the disk once each, and for ${most} writes of the ledger`, async () => {
      const service = await demo({ kind: mode === 'sync' ? 'stock' : 'task' });
      const file = await open(join(folder, 'any'), 'w');
      const { prototype } = file.constructor as { prototype: typeof file };
      await file.close();
      const sync = Reflect.get<typeof prototype, 'sync'>(prototype, 'sync');
      let syncs = 0;
      prototype.sync = function () {
        syncs++;
        return sync.call(this);
      };
      try {
        const { done } = await begin(service.url, mode);
        assert.equal((await done).state.status, 'completed');
      } finally {
        prototype.sync = sync;
      }
      assert.equal(syncs, 4 + most);
    });
  }

  test('a ledger that cannot be written sends nothing', async () => {
    const service = await demo();
    ledger.put = () => Promise.reject(new Error('the disk is full'));
    await assert.rejects(begin(service.url), /disk is full/);
    assert.deepEqual(service.requests, []);
  });

  for (const mode of ['sync', 'async'] as const) {
    test(`a disk that is full once the request has left (${mode}): the pictures are saved, and recorded when there is room`, async () => {
      const service = await demo({ kind: mode === 'sync' ? 'stock' : 'task' });
      const put = ledger.put.bind(ledger);
      let full = false;
      const ifRoom = async (write: () => Promise<void>) => {
        if (full) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        await write();
      };
      ledger.put = async task => {
        await ifRoom(() => put(task));
        full = task.state.status === 'sending'; // from the next write on
      };
      const putProgress = ledger.putProgress.bind(ledger);
      ledger.putProgress = task => ifRoom(() => putProgress(task));
      const seen: string[] = [];
      ledger.onDidChange(({ state: { status } }) => {
        seen.push(status);
      });
      const { id, done } = await begin(service.url, mode);
      const task = await done;
      assert.equal(task.state.status, 'completed');
      assert.equal((await pictures()).length, 4);
      assert.equal(seen.at(-1), 'completed', 'who looks sees it all the same');
      assert.equal((await ledger.get(id))?.state.status, 'sending');
      assert.equal(executor.isRecorded(id), false);
      assert.equal(
        await ledger.acquire(id),
        undefined,
        'nobody may take it up and save it once more',
      );
      ledger.put = put;
      await onDisk(id, 'completed');
      assert.equal(service.service.generations, 1);
    });
  }

  test('a disk that is full when inline results come: they are saved from memory', async () => {
    const source = await photo(40, 30).webp().toBuffer();
    await writeFile(join(folder, 'received'), 'no folder can be made here');
    const service = await scripted({
      [generations]: [{ created: 1, data: [{ b64_json: source.toString('base64') }] }],
    });
    const task = await (await begin(service.url, 'sync')).done;
    assert.equal(task.state.status, 'completed');
    assert.equal((await pictures()).length, 1);
  });

  for (const [what, answer, expected] of [
    ['a connection that breaks', hangUp, 'uncertain connectionLost'],
    ['an answer that does not fit', { created: 1 }, 'uncertain outcomeUnknown'],
    [
      'a page of a gateway',
      ((response: { writeHead: (status: number) => unknown; end: (text: string) => unknown }) => {
        response.writeHead(504);
        response.end('<html>gateway timeout</html>');
      }) as Answer,
      'uncertain gatewayTrouble',
    ],
    [
      'an expired session',
      { code: -2002, message: '[登录失效]', data: null },
      'failed sessionExpired',
    ],
    ['an unknown code', { code: -9876, message: '怪事', data: null }, 'uncertain outcomeUnknown'],
  ] as const) {
    for (const mode of ['sync', 'async'] as const) {
      test(`${what} (${mode}): sent once, and told as what it is`, async () => {
        const service = await scripted({ [generations]: [answer] });
        const task = await (await begin(service.url, mode)).done;
        assert.equal(
          `${task.state.status} ${'failure' in task.state ? task.state.failure?.kind : ''}`,
          expected,
        );
        assert.equal(service.count('/v1/images/generations'), 1);
      });
    }
  }

  test('a service that is not there: nothing was sent, so it has failed', async () => {
    const service = await scripted({});
    await service.close();
    const task = await (await begin(service.url)).done;
    assert.ok(task.state.status === 'failed');
    assert.equal(task.state.failure.kind, 'serviceDown');
  });

  test('a service that forgot the task: lost', async () => {
    const service = await scripted({
      [generations]: [{ task_id: 't', status: 'pending' }],
      'GET /v1/tasks/t': [{ code: -1000, message: '任务不存在', data: null }],
    });
    assert.equal((await (await begin(service.url)).done).state.status, 'lost');
  });

  test('results that come inline are on the disk before anything else, and gone when they are saved', async () => {
    const source = await photo(40, 30).webp().toBuffer();
    const service = await scripted({
      [generations]: [
        {
          created: 1,
          data: [{ b64_json: source.toString('base64') }, { b64_json: source.toString('base64') }],
        },
      ],
    });
    let received: string[] = [];
    const saving = reaches('saving').then(async () => {
      received = await readdir(join(folder, 'received'));
    });
    const { id, done } = await begin(service.url, 'sync');
    const task = await done;
    await saving;
    assert.equal(task.state.status, 'completed');
    assert.deepEqual(received.sort(), [`${id}-0`, `${id}-1`]);
    assert.deepEqual(await readdir(join(folder, 'received')), []);
  });

  test('of many results at once the first are saved first: nobody waits for all of them', async () => {
    const source = await photo(40, 30).webp().toBuffer();
    let open = 0;
    let most = 0;
    const server = await serving([
      response => {
        most = Math.max(most, ++open);
        response.once('close', () => open--);
        setTimeout(() => response.writeHead(200).end(source), 100);
      },
    ]);
    const data = Array.from({ length: 4 }, () => ({ url: `${server.url}/0` }));
    const service = await scripted({ [generations]: [{ created: 1, data }] });
    let before: number | undefined;
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        await (
          await begin(service.url, 'sync')
        ).done;
        before ??= server.requests.length;
      }),
    );
    assert.ok(most <= 16, `${most} at once`);
    assert.ok(before! <= 32, `the first is there after ${before} of 48`);
    assert.equal(server.requests.length, 48);
  });

  test('what waits for its turn leaves nothing in the folder when the process ends', async () => {
    const server = await serving([() => undefined]); // never answers
    const data = Array.from({ length: 4 }, () => ({ url: `${server.url}/0` }));
    const service = await scripted({ [generations]: [{ created: 1, data }] });
    const runs = await Promise.all(Array.from({ length: 8 }, () => begin(service.url, 'sync')));
    const isSaving = async ({ id }: { id: string }) =>
      (await ledger.get(id))?.state.status === 'saving';
    while (server.requests.length < 16 || !(await Promise.all(runs.map(isSaving))).every(Boolean))
      await delay(20);
    executor.dispose();
    for (const { done } of runs) await assert.rejects(done, { name: 'AbortError' });
    const traces = (await readdir(join(folder, 'pic'))).filter(name => name.endsWith('.saving'));
    assert.equal(traces.length, 4);
  });

  test('one dead link of three: partial, with its link kept', async () => {
    const good = await photo(40, 30).webp().toBuffer();
    const server = await serving([good, good]);
    const data = ['0', 'gone', '1'].map(name => ({ url: `${server.url}/${name}` }));
    const service = await scripted({ [generations]: [{ created: 1, data }] });
    const task = await (await begin(service.url, 'sync')).done;
    assert.ok(task.state.status === 'partial');
    assert.deepEqual(
      task.state.files.map(({ index }) => index),
      [0, 2],
    );
    assert.deepEqual(
      task.state.missing.map(({ index, failure }) => [index, failure.kind]),
      [[1, 'linkExpired']],
    );
    assert.deepEqual(task.state.results, data);
  });

  test('more results than are taken: the others are saved, and it is said', async () => {
    const good = await photo(4, 3).webp().toBuffer();
    const server = await serving([good]);
    const service = await scripted({
      [generations]: [
        { created: 1, data: Array.from({ length: 70 }, () => ({ url: `${server.url}/0` })) },
      ],
    });
    const task = await (await begin(service.url, 'sync')).done;
    assert.ok(task.state.status === 'partial');
    assert.equal(task.state.files.length, 64);
    assert.deepEqual(task.state.missing, [
      { index: 64, failure: { kind: 'tooManyResults', detail: '6' } },
    ]);
  });

  test('a folder that cannot be made: partial, nothing lost', async () => {
    const service = await demo();
    await writeFile(join(folder, 'file'), 'not a folder');
    const { done } = await send(
      executor,
      requestFor(service.url, 'a cute cat', join(folder, 'file')),
    );
    const task = await done;
    assert.ok(task.state.status === 'partial');
    assert.equal(task.state.missing.length, 4);
    assert.equal(task.state.missing[0]?.failure.kind, 'folderNotWritable');
    assert.equal(task.state.results.length, 4);
  });

  suite('cancel', () => {
    test('a queued task is cancelled at the service; the one before it is not touched', async () => {
      const service = await demo({ maxConcurrent: 1, delayMs: 300 });
      const first = await begin(service.url);
      const queued = reaches('queued');
      const second = await begin(service.url);
      await queued;
      assert.equal(await executor.cancel(second.id), 'cancelled');
      assert.equal((await second.done).state.status, 'cancelled');
      assert.equal((await first.done).state.status, 'completed');
      assert.equal(service.service.generations, 1);
    });

    test('one that is being made goes on, and is saved', async () => {
      const service = await demo({ delayMs: 200 });
      const processing = reaches('processing');
      const { id, done } = await begin(service.url);
      await processing;
      assert.equal(await executor.cancel(id), 'tooLate');
      assert.equal((await done).state.status, 'completed');
      assert.equal(await executor.cancel(id), 'tooLate');
    });

    test('one without an id yet is cancelled as soon as it has one', async () => {
      const cancelled = { task_id: 't', status: 'cancelled' };
      let answer: (() => void) | undefined;
      const service = await scripted({
        [generations]: [
          response => {
            answer = () => response.end(JSON.stringify({ task_id: 't', status: 'pending' }));
          },
        ],
        'POST /v1/tasks/t/cancel': [cancelled],
        'GET /v1/tasks/t': [cancelled],
      });
      const { id, done } = await begin(service.url);
      while (!answer) await new Promise(resolve => setTimeout(resolve, 5));
      assert.equal(await executor.cancel(id), 'cancelled');
      answer();
      assert.equal((await done).state.status, 'cancelled');
      assert.equal(service.count('/v1/tasks/t/cancel'), 1);
    });

    test('a held request is too late to cancel; abandoned, it is torn down and uncertain, since it had left', async () => {
      const service = await demo({ kind: 'stock', delayMs: 60_000 });
      const running = reaches('running');
      const { id, done } = await begin(service.url, 'sync');
      await running;
      assert.equal(await executor.cancel(id), 'tooLate');
      assert.equal((await executor.abandon(id))?.state.status, 'uncertain');
      assert.equal((await done).state.status, 'uncertain');
    });

    test('a held request that is cancelled before it leaves is cancelled', async () => {
      const service = await demo({ kind: 'stock' });
      await writeFile(join(folder, 'input.png'), await photo(40, 30).png().toBuffer());
      let opened: (() => void) | undefined;
      const opening = new Promise<void>(resolve => {
        opened = resolve;
      });
      let go: (() => void) | undefined;
      const may = new Promise<void>(resolve => {
        go = resolve;
      });
      const slow = newExecutor({
        openInput: async uri => {
          opened?.();
          await may;
          return openFile(uri);
        },
      });
      const request = requestFor(service.url, 'a cute cat', folder, 'sync', {
        images: [{ uri: pathToFileURL(join(folder, 'input.png')).href }],
      });
      const { id, done } = await send(slow, request);
      await opening;
      const cancelled = slow.cancel(id);
      go?.();
      assert.equal(await cancelled, 'cancelled');
      assert.equal((await done).state.status, 'cancelled');
      assert.deepEqual(service.generationBodies(), []);
      slow.dispose();
    });

    test('a held request that nobody waits for any more: what comes of it is kept, and saved when asked for', async () => {
      const service = await demo({ kind: 'stock', delayMs: 100 });
      const running = reaches('running');
      const { id, done } = await begin(service.url, 'sync');
      await running;
      await executor.stopWatching(id);
      assert.equal((await ledger.get(id))?.state.status, 'detached');
      const task = await done;
      assert.ok(task.state.status === 'detached' && task.state.results?.length === 4);
      const claim = await ledger.acquire(id);
      assert.ok(claim);
      const again = await executor.reopen(task, claim, {
        status: 'saving',
        results: task.state.results,
        files: [],
        missing: [],
      });
      assert.equal((await again?.done)?.state.status, 'completed');
      assert.equal(service.service.generations, 1);
    });

    test('cancelled, and made all the same: the result is offered', async () => {
      const result = { created: 1, data: [{ url: 'http://127.0.0.1:9/1' }] };
      const service = await scripted({
        [generations]: [{ task_id: 't', status: 'queued' }],
        'POST /v1/tasks/t/cancel': [{ task_id: 't', status: 'cancelled' }],
        'GET /v1/tasks/t': [
          { task_id: 't', status: 'queued' },
          { task_id: 't', status: 'cancelled' },
          { task_id: 't', status: 'completed', result },
        ],
      });
      const { id, accepted, done } = await begin(service.url);
      await accepted;
      const offered = reaches('detached');
      assert.equal(await executor.cancel(id), 'cancelled');
      await done;
      await offered;
      const task = await ledger.get(id);
      assert.deepEqual(task?.state.status === 'detached' && task.state.results, result.data);
    });

    test('a service that is away: the task stays as it is, and the reason is thrown', async () => {
      const service = await scripted({
        [generations]: [{ task_id: 't', status: 'queued' }],
        'GET /v1/tasks/t': [hangUp],
        'POST /v1/tasks/t/cancel': [hangUp],
      });
      const { id, accepted, done } = await begin(service.url);
      await accepted;
      await assert.rejects(executor.cancel(id), JimengError);
      assert.equal((await ledger.get(id))?.state.status, 'queued');
      executor.dispose();
      await assert.rejects(done);
    });
  });

  suite('after a crash', () => {
    /** Begins a task, brings it to this state, and ends the executor as a closed window does. */
    async function leftAs(
      status: string,
      service: { url: string },
      mode: PreparedRequest['mode'] = 'async',
    ): Promise<StartedTask> {
      const there = status === 'sending' ? Promise.resolve() : reaches(status);
      const started = await begin(service.url, mode);
      await there;
      executor.dispose();
      await started.done.catch(() => {
        /* it was left */
      });
      executor = newExecutor();
      return started;
    }
    /** What the next window finds unfinished, and brings to an end. */
    const takenUp = async () =>
      Promise.all(
        (await ledger.unfinished()).map(async task => {
          const claim = await ledger.acquire(task.id);
          assert.ok(claim && isActive(task));
          return executor.resume(task, claim).done;
        }),
      );

    test('a task at the service is watched again, and saved', async () => {
      const service = await demo({ delayMs: 200 });
      const { id } = await leftAs('processing', service);
      const [task] = await takenUp();
      assert.equal(task?.id, id);
      assert.equal(task.state.status, 'completed');
      assert.equal((await pictures()).length, 4);
      assert.equal(service.service.generations, 1);
      assert.deepEqual(await takenUp(), []);
    });

    test('a task that was being saved is saved once', async () => {
      const service = await demo();
      await leftAs('saving', service);
      const [task] = await takenUp();
      assert.equal(task?.state.status, 'completed');
      assert.equal((await pictures()).length, 4);
    });

    test('a held request is uncertain, and not sent again', async () => {
      const service = await demo({ kind: 'stock', delayMs: 60_000 });
      await leftAs('running', service, 'sync');
      const [task] = await takenUp();
      assert.equal(task?.state.status, 'uncertain');
      assert.equal(service.generationBodies().length, 1);
    });

    test('what a living executor works on is left to it', async () => {
      const service = await demo({ delayMs: 200 });
      const { id, done } = await begin(service.url);
      assert.equal(await ledger.acquire(id), undefined);
      assert.equal((await done).state.status, 'completed');
    });

    test('with nothing unfinished it makes no folder', async () => {
      assert.deepEqual(await takenUp(), []);
      await assert.rejects(stat(join(folder, 'tasks')));
    });
  });
});
