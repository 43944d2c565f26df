import assert from 'node:assert/strict';
import { Presets } from '../../../src/editor/generate/presets.ts';

/** The editor's memory, which is only asked for and told values. */
function memory(kept?: unknown) {
  let value = kept;
  return {
    keys: () => ['presets'],
    get: () => value as never,
    update: (_key: string, changed: unknown) => {
      value = changed;
      return Promise.resolve();
    },
  };
}

suite('presets', () => {
  test('are sorted by name, and one of the same name is replaced', async () => {
    const presets = new Presets(memory());
    await presets.save({ name: 'wide', kind: 'image', options: { ratio: '21:9' } });
    await presets.save({
      name: 'avatar',
      kind: 'image',
      options: { ratio: '1:1', sampleStrength: 0.4 },
    });
    await presets.save({ name: 'wide', kind: 'image', options: { ratio: '16:9' } });
    assert.deepEqual(presets.all('image'), [
      { name: 'avatar', kind: 'image', options: { ratio: '1:1', sampleStrength: 0.4 } },
      { name: 'wide', kind: 'image', options: { ratio: '16:9' } },
    ]);
    await presets.remove('image', 'avatar');
    assert.deepEqual(
      presets.all('image').map(({ name }) => name),
      ['wide'],
    );
  });

  test('those of pictures and those of videos are apart', async () => {
    const presets = new Presets(memory());
    await presets.save({ name: 'wide', kind: 'image', options: { ratio: '21:9' } });
    await presets.save({ name: 'wide', kind: 'video', options: { ratio: '16:9', duration: 10 } });
    assert.deepEqual(presets.all('video'), [
      { name: 'wide', kind: 'video', options: { ratio: '16:9', duration: 10 } },
    ]);
    await presets.remove('video', 'wide');
    assert.deepEqual(
      presets.all('image').map(({ options }) => options.ratio),
      ['21:9'],
    );
  });

  test('what does not fit is left out', () => {
    const fits = { name: 'fits', options: { model: 'jimeng-4.5' } };
    assert.deepEqual(
      new Presets(memory([fits, { name: 7 }, 'x', { name: 'bad', options: { ratio: 7 } }])).all(
        'image',
      ),
      [{ ...fits, kind: 'image' }],
    );
    assert.deepEqual(new Presets(memory('damaged')).all('image'), []);
  });
});
