import assert from 'node:assert/strict';
import { Presets } from '../../../src/vscode/presets.ts';

/** The editor's memory, which is only asked for and told values. */
function memory(kept?: unknown) {
  let value = kept;
  return {
    keys: () => ['presets'],
    get: () => value as never,
    update: (_key: string, changed: unknown) => { value = changed; return Promise.resolve(); },
  };
}

suite('presets', () => {
  test('are sorted by name, and one of the same name is replaced', async () => {
    const presets = new Presets(memory());
    await presets.save({ name: 'wide', options: { ratio: '21:9' } });
    await presets.save({ name: 'avatar', options: { ratio: '1:1', sampleStrength: 0.4 } });
    await presets.save({ name: 'wide', options: { ratio: '16:9' } });
    assert.deepEqual(presets.all(), [{ name: 'avatar', options: { ratio: '1:1', sampleStrength: 0.4 } }, { name: 'wide', options: { ratio: '16:9' } }]);
    await presets.remove('avatar');
    assert.deepEqual(presets.all().map(({ name }) => name), ['wide']);
  });

  test('what does not fit is left out', () => {
    const fits = { name: 'fits', options: { model: 'jimeng-4.5' } };
    assert.deepEqual(new Presets(memory([fits, { name: 7 }, 'x', { name: 'bad', options: { ratio: 7 } }])).all(), [fits]);
    assert.deepEqual(new Presets(memory('damaged')).all(), []);
  });
});
