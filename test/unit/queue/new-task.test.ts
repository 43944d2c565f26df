import assert from 'node:assert/strict';
import { check } from '../../../src/core/request/check.ts';
import type { ImageRequest } from '../../../src/core/request/schema.ts';
import { JimengError, textOf } from '../../../src/core/service/failures/failures.ts';
import { newTask } from '../../../src/core/queue/new-task.ts';

suite('a new task', () => {
  const request: ImageRequest = {
    kind: 'image',
    prompt: 'a cat',
    callbackUrl: 'https://example.test/done',
  };
  const checked = check(request, 'cn', { unknownModels: 'refuse' });
  assert.ok(checked.ok);
  const order = (kind: 'stock' | 'task') => ({
    request,
    checked,
    region: 'cn' as const,
    mode: 'sync' as const,
    service: { url: 'http://127.0.0.1:1', demo: false, kind },
    folder: 'file:///pic',
  });

  test('with a callback address is refused for a service that makes no calls', () => {
    assert.throws(
      () => newTask(order('stock')),
      error =>
        error instanceof JimengError &&
        /makes no calls to a callback address.*Nothing was sent/.test(textOf(error.failure)),
    );
    assert.equal(newTask(order('task')).request.callbackUrl, request.callbackUrl);
  });
});
