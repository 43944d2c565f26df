import assert from 'node:assert/strict';
import { Task } from '../../../src/core/queue/task.ts';
import { openTargetOf } from '../../../src/core/queue/transitions.ts';
import { requestFor, taskOf } from '../queue/setup.ts';

suite('the file that a page waits for', () => {
  const target = { uri: 'file:///ws/pic/hero.png', size: { width: 1280, height: 720 } };
  const prepared = requestFor('http://127.0.0.1:1', 'a cat', '/ws', 'async', { target });
  const {
    request,
    checked: { body, outcome },
  } = prepared;
  const task = taskOf(prepared);
  const files = [{ index: 0, path: '/ws/pic/a.png', width: 1, height: 1 }];
  const {
    state: { status },
    ...head
  } = task;

  test('is not told to the service, and chooses nothing', () => {
    assert.doesNotMatch(JSON.stringify(body), /hero|1280/);
    assert.equal(outcome.ratio, '1:1');
  });

  test('is written with the task, and read again', () => {
    assert.deepEqual(Task.parse(JSON.parse(JSON.stringify(task))).request, request);
    assert.equal(status, 'waiting');
  });

  test('waits for a choice once there are pictures, in this folder, and only until it is made', () => {
    const rows: [Task, boolean][] = [
      [task, false],
      [{ ...head, state: { status: 'saving', results: [], files, missing: [] } }, false],
      [{ ...head, state: { status: 'completed', files } }, true],
      [{ ...head, state: { status: 'completed', files: [] } }, false],
      [{ ...head, state: { status: 'partial', results: [], files, missing: [] } }, true],
      [{ ...head, state: { status: 'completed', files }, keptFor: 'vscode-vfs://x/y' }, false],
      [
        {
          ...head,
          state: { status: 'completed', files },
          request: { kind: 'image', prompt: 'a cat' },
        },
        false,
      ],
    ];
    for (const [each, open] of rows)
      assert.equal(openTargetOf(each) !== undefined, open, JSON.stringify(each));
  });
});
