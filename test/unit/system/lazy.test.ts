import assert from 'node:assert/strict';
import { lazy } from '../../../src/core/system/lazy.ts';

suite('made when it is first asked for', () => {
  test('once, also for those that ask at once', async () => {
    let made = 0;
    const get = lazy(() => Promise.resolve(++made));
    assert.deepEqual(await Promise.all([get(), get()]), [1, 1]);
    assert.equal(await get(), 1);
  });

  test('what failed is tried again by the next call, not by those that wait', async () => {
    let tries = 0;
    const get = lazy(() =>
      ++tries === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve(tries),
    );
    const asked = [get(), get()];
    assert.deepEqual(
      (await Promise.allSettled(asked)).map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(await get(), 2);
    assert.equal(await get(), 2);
  });
});
