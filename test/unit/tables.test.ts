import assert from 'node:assert/strict';
import { staleFiles } from '../../scripts/tables.mjs';

suite('what is made from the tables of models, options and tools', () => {
  test('is up to date; "npm run tables" writes it', async () => {
    const stale = await staleFiles();
    assert.deepEqual(
      stale.map(({ path }) => path),
      [],
    );
  });
});
