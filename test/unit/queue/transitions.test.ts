import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { isFinal, canTransition } from '../../../src/core/queue/transitions.ts';
import type { Task, TaskStatus } from '../../../src/core/queue/task.ts';
import { rounds } from '../../soak.ts';
import { whenDone } from '../../../src/core/queue/when-done.ts';
import { TestWindow, requestFor } from './setup.ts';

/** What happens to a task: the service says something (late, doubled or out of order), or the person wants something. */
type Event =
  | {
      says:
        | 'pending'
        | 'queued'
        | 'processing'
        | 'completed'
        | 'failed'
        | 'cancelled'
        | 'unknown'
        | 'nonsense'
        | 'hangs up';
    }
  | { wants: 'cancel' | 'stopWatching' | 'watchAgain' | 'fetchMissing' | 'cancelWaiting' }
  | { wakes: true };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      says: fc.constantFrom(
        'pending',
        'queued',
        'processing',
        'completed',
        'failed',
        'cancelled',
        'unknown',
        'nonsense',
        'hangs up',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      wants: fc.constantFrom(
        'cancel',
        'stopWatching',
        'watchAgain',
        'fetchMissing',
        'cancelWaiting',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ wakes: true as const }) },
);
/** The steps that a person asks for. */
const offers = new Set([
  'partial saving',
  'completed saving',
  'failed processing',
  'cancelled processing',
  'lost processing',
  'detached running',
  'detached processing',
  'detached saving',
  'detached detached',
  'detached uncertain',
  'cancelled detached',
  'uncertain processing',
]);

suite('moves', () => {
  test('a final state is left only by what is offered', () => {
    const all: TaskStatus[] = [
      'waiting',
      'sending',
      'running',
      'pending',
      'queued',
      'processing',
      'saving',
      'completed',
      'partial',
      'failed',
      'cancelled',
      'lost',
      'detached',
      'uncertain',
    ];
    for (const from of all.filter(status => isFinal({ state: { status } } as Task)))
      for (const to of all)
        if (canTransition(from, to)) assert.ok(offers.has(`${from} ${to}`), `${from} → ${to}`);
  });

  test('whatever comes, in whatever order: no illegal step, one request, and an end', async function () {
    this.timeout(180_000);
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 14 }), fc.boolean(), async (events, atOnce) => {
        const folder = await mkdtemp(join(tmpdir(), 'jimeng-moves-'));
        const service = await fickleService();
        const window = new TestWindow(folder);
        const seen: TaskStatus[] = [];
        window.ledger.onDidChange(({ state: { status } }) => {
          seen.push(status);
        });
        try {
          const { id } = await window.queue.add(requestFor(service.url, 'a cat', folder));
          const commands: Promise<unknown>[] = [];
          for (const happening of events) {
            if ('says' in happening) service.say(happening.says);
            else if ('wants' in happening)
              commands.push(
                window.queue
                  .command(
                    happening.wants === 'cancelWaiting'
                      ? { type: 'cancelWaiting' }
                      : { type: happening.wants, id },
                  )
                  .catch(() => 'refused'),
              );
            else window.executor.poller.wake();
            if (!atOnce) await delay(3);
          }
          await Promise.all(commands);
          service.say('unknown');
          assert.ok(
            await whenDone(window.ledger, id, AbortSignal.timeout(10_000)),
            `it has no end: ${seen.join(' → ')}`,
          );
          for (const [index, status] of seen.entries()) {
            const before = seen[index - 1];
            if (before !== undefined)
              assert.ok(
                canTransition(before, status),
                `${before} → ${status} in ${seen.join(' → ')}`,
              );
          }
          assert.ok(service.generations <= 1, `sent ${service.generations} times`);
        } finally {
          await window.dispose();
          await service.close();
          await rm(folder, { recursive: true, maxRetries: 3 });
        }
      }),
      { numRuns: rounds(20, 60), seed: 20_261_124, endOnFailure: true },
    );
  });
});

/** A service that says of its only task whatever it is told to. */
async function fickleService() {
  let word: Extract<Event, { says: unknown }>['says'] = 'pending';
  let generations = 0;
  const task = (status: string, more = {}) => ({
    task_id: 't',
    type: 'image',
    status,
    model: 'm',
    prompt: 'p',
    created_at: 1,
    updated_at: 1,
    ...more,
  });
  const server = createServer((request, response) => {
    request.resume();
    const answer = (value: object) => response.end(JSON.stringify(value));
    if (request.url === '/v1/images/generations') {
      generations++;
      answer({ task_id: 't', status: 'pending' });
    } else if (request.url === '/v1/tasks/t/cancel') {
      answer(
        word === 'pending' || word === 'queued'
          ? { task_id: 't', status: 'cancelled' }
          : { code: -1000, message: '任务无法取消', data: null },
      );
    } else {
      switch (word) {
        case 'completed':
          answer(
            task(word, { result: { created: 1, data: [{ url: 'http://127.0.0.1:9/gone' }] } }),
          );
          break;
        case 'failed':
          answer(task(word, { error: '[请求失败]' }));
          break;
        case 'unknown':
          answer({ code: -1000, message: '任务不存在', data: null });
          break;
        case 'nonsense':
          answer({ nonsense: true });
          break;
        case 'hangs up':
          request.socket.destroy();
          break;
        default:
          answer(task(word));
      }
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    say(next: typeof word) {
      word = next;
    },
    get generations() {
      return generations;
    },
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
