import assert from 'node:assert/strict';
import { Pictures } from '../../../src/demo/pictures.ts';

suite('pictures of the demo service', () => {
  test('asked for twice while it is drawn, a picture is drawn once; later it is drawn anew', async () => {
    const drawings: (() => void)[] = [];
    const pictures = new Pictures({
      draw: () => new Promise(resolve => drawings.push(() => resolve(new Uint8Array(8)))),
    });
    const job = {
      prompt: 'p',
      model: 'm',
      ratio: '1:1',
      resolution: '1k',
      width: 8,
      height: 8,
      pictures: 1,
      inline: false,
    };
    const made = await pictures.make(job, [], 'http://127.0.0.1');
    const id = /([^/]+)\.png$/.exec((made.data[0] as { url: string }).url)?.[1] ?? '';
    const both = [pictures.load(id), pictures.load(id)];
    assert.equal(drawings.length, 1);
    drawings[0]?.();
    for (const loaded of await Promise.all(both)) assert.equal(loaded?.bytes.length, 8);
    const later = pictures.load(id);
    assert.equal(drawings.length, 2);
    drawings[1]?.();
    assert.ok(await later);
  });
});
