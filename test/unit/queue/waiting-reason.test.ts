import assert from 'node:assert/strict';
import type { Region } from '../../../src/core/request/models.ts';
import type { Task } from '../../../src/core/queue/task.ts';
import { waitingReasons, type QueueSnapshot } from '../../../src/core/queue/waiting-reason.ts';
import type { Failure } from '../../../src/core/service/failures/table.ts';
import { head } from './samples.ts';

const now = 1_000_000;
const expired: Failure = { kind: 'sessionExpired' };
const waiting = (id: string, createdAt: number, region: Region = 'cn'): Task => ({
  ...head(id),
  createdAt,
  region,
  state: { status: 'waiting', body: { model: 'jimeng-4.0', prompt: 'a cat' } },
});
const running = (id: string): Task => ({ ...head(id), createdAt: 0, state: { status: 'running' } });
/** Each region's session has the region's name as its fingerprint. */
const view = (change: Partial<QueueSnapshot> = {}): QueueSnapshot => ({
  queue: { paused: false, sessions: {} },
  accountOf: ({ region }) => region,
  sessionsStale: false,
  isServiceAway: false,
  now,
  ...change,
});
const paused = (
  fingerprint: string,
  pause: QueueSnapshot['queue']['sessions'][string],
): Partial<QueueSnapshot> => ({ queue: { paused: false, sessions: { [fingerprint]: pause } } });
const why = (tasks: Task[], change: Partial<QueueSnapshot> = {}) =>
  Object.fromEntries(waitingReasons(tasks, view(change)));

suite('why a task waits', () => {
  test('its place in line, oldest first; tasks that run have none', () => {
    assert.deepEqual(why([waiting('b', 2), running('r'), waiting('a', 1)]), {
      a: { why: 'inLine', place: 1 },
      b: { why: 'inLine', place: 2 },
    });
  });

  test('the person paused the queue, whatever else stands against it', () => {
    const queue = { paused: true, sessions: { cn: { times: 1, failure: expired } } };
    assert.deepEqual(why([waiting('a', 1)], { queue, isServiceAway: true }), {
      a: { why: 'paused', place: 1 },
    });
  });

  test('the session of its site has expired; tasks of another site go on', () => {
    assert.deepEqual(
      why([waiting('a', 1), waiting('b', 2, 'jp')], paused('cn', { times: 1, failure: expired })),
      {
        a: { why: 'sessionRefused', region: 'cn', failure: expired },
        b: { why: 'inLine', place: 1 },
      },
    );
  });

  test('a session that was replaced holds nothing back', () => {
    assert.deepEqual(
      why([waiting('a', 1)], paused('the old one', { times: 1, failure: expired })),
      { a: { why: 'inLine', place: 1 } },
    );
  });

  test('a session that is paused for a while holds back until its time, and says by what it was paused', () => {
    const failure: Failure = { kind: 'rateLimited', detail: 'slow down' };
    const until = (time: number) =>
      why([waiting('a', 1)], paused('cn', { times: 1, failure, until: time }));
    assert.deepEqual(until(now + 1), {
      a: { why: 'sessionPaused', region: 'cn', failure, until: now + 1 },
    });
    assert.deepEqual(until(now), { a: { why: 'inLine', place: 1 } });
  });

  test('there is no session for its site, or another window has it', () => {
    const accountOf = () => undefined;
    assert.deepEqual(why([waiting('a', 1, 'us')], { accountOf: accountOf }), {
      a: { why: 'noSession', region: 'us' },
    });
    assert.deepEqual(why([waiting('a', 1, 'us')], { accountOf: accountOf, sessionsStale: true }), {
      a: { why: 'sessionStale' },
    });
  });

  test('the service is away', () => {
    assert.deepEqual(why([waiting('a', 1)], { isServiceAway: true }), {
      a: { why: 'serviceAway' },
    });
  });
});
