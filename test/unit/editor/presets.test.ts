import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Presets } from '../../../src/editor/generate/presets.ts';

suite('presets', () => {
  let folder: string;
  let path: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-presets-'));
    path = join(folder, 'presets.json');
  });
  teardown(() => rm(folder, { recursive: true }));

  test('are sorted by name, and one of the same name is replaced', async () => {
    const presets = new Presets(path);
    await presets.save({ name: 'wide', kind: 'image', options: { ratio: '21:9' } });
    await presets.save({
      name: 'avatar',
      kind: 'image',
      options: { ratio: '1:1', sampleStrength: 0.4 },
    });
    await presets.save({ name: 'wide', kind: 'image', options: { ratio: '16:9' } });
    assert.deepEqual(await presets.all('image'), [
      { name: 'avatar', kind: 'image', options: { ratio: '1:1', sampleStrength: 0.4 } },
      { name: 'wide', kind: 'image', options: { ratio: '16:9' } },
    ]);
    await presets.remove('image', 'avatar');
    assert.deepEqual(
      (await presets.all('image')).map(({ name }) => name),
      ['wide'],
    );
  });

  test('those of pictures and those of videos are apart', async () => {
    const presets = new Presets(path);
    await presets.save({ name: 'wide', kind: 'image', options: { ratio: '21:9' } });
    await presets.save({ name: 'wide', kind: 'video', options: { ratio: '16:9', duration: 10 } });
    assert.deepEqual(await presets.all('video'), [
      { name: 'wide', kind: 'video', options: { ratio: '16:9', duration: 10 } },
    ]);
    await presets.remove('video', 'wide');
    assert.deepEqual(
      (await presets.all('image')).map(({ options }) => options.ratio),
      ['21:9'],
    );
  });

  test('windows that save and remove at once lose nothing', async () => {
    const names = ['a', 'b', 'c', 'd'];
    await new Presets(path).save({ name: 'old', kind: 'image', options: {} });
    await Promise.all([
      new Presets(path).remove('image', 'old'),
      ...names.map(name => new Presets(path).save({ name, kind: 'image', options: {} })),
    ]);
    assert.deepEqual(
      (await new Presets(path).all('image')).map(({ name }) => name),
      names,
    );
  });

  test('what does not fit is left out', async () => {
    const fits = { name: 'fits', options: { model: 'jimeng-4.5' } };
    await writeFile(
      path,
      JSON.stringify([fits, { name: 7 }, 'x', { name: 'bad', options: { ratio: 7 } }]),
    );
    assert.deepEqual(await new Presets(path).all('image'), [{ ...fits, kind: 'image' }]);
    await writeFile(path, '"damaged"');
    assert.deepEqual(await new Presets(path).all('image'), []);
  });
});
