import assert from 'node:assert/strict';
import type { ListedTask } from '../../../src/core/service/client.ts';
import type { Task } from '../../../src/core/queue/task.ts';
import { findMatches } from '../../../src/core/queue/resume.ts';
import { head } from './samples.ts';

suite('matches for what is uncertain', () => {
  const now = 1_700_000_000_000;
  const listed = (serviceTaskId: string, more: Partial<ListedTask> = {}): ListedTask => ({
    serviceTaskId,
    status: 'completed',
    type: 'image',
    model: 'jimeng-4.0',
    prompt: 'a cute cat',
    createdAt: now,
    isStuck: false,
    read: () => {
      throw new Error('not read');
    },
    ...more,
  });
  const task: Task = { ...head('mine'), sentAt: now, state: { status: 'uncertain' } };

  test('same prompt, model, kind and about the same time; none that the ledger knows', async () => {
    const list = [
      listed('fits'),
      listed('no-details', { model: undefined, type: undefined, createdAt: undefined }),
      listed('known'),
      listed('other-prompt', { prompt: 'a cute dog' }),
      listed('other-model', { model: 'jimeng-3.0' }),
      listed('video', { type: 'video' }),
      listed('long-ago', { createdAt: now - 3_600_000 }),
    ];
    const client = { listTasks: () => Promise.resolve(list) };
    const ledger = {
      all: () =>
        Promise.resolve<Task[]>([
          task,
          { ...head('other'), state: { status: 'lost', serviceTaskId: 'known' } },
        ]),
    };
    const found = await findMatches(task, client, ledger);
    assert.deepEqual(
      found.map(({ serviceTaskId }) => serviceTaskId),
      ['fits', 'no-details'],
    );
  });
});
