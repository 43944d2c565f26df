import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { readFacts, type Facts } from '../../../src/core/gallery/facts.ts';
import { FactsCache } from '../../../src/core/gallery/facts-cache.ts';
import { chunk, SETTINGS_KEYWORD, textChunk } from '../../../src/core/images/png.ts';
import { readerOf } from '../../../src/core/images/bytes.ts';
import { WorkerPool } from '../../../src/core/system/worker-pool.ts';
import { built } from '../../built.ts';

const plain = () => sharp({ create: { width: 30, height: 20, channels: 3, background: 'teal' } });

suite('what a picture tells the gallery', () => {
  test('its size, upright, and nothing of what it does not know', async () => {
    assert.deepEqual(
      await readFacts(readerOf(new Blob([new Uint8Array(await plain().png().toBuffer())]))),
      { size: { width: 30, height: 20 } },
    );
    assert.deepEqual(
      await readFacts(readerOf(new Blob([new Uint8Array(await plain().webp().toBuffer())]))),
      { size: { width: 30, height: 20 } },
    );
    const turned = await plain().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    assert.deepEqual(await readFacts(readerOf(new Blob([new Uint8Array(turned)]))), {
      size: { width: 20, height: 30 },
    });
  });

  test('how it was made, whatever the prompt says', async () => {
    const png = await plain().png().toBuffer();
    const settings = {
      format: 1,
      request: { kind: 'image', prompt: '</script><img src=x onerror=alert(1)> --> 猫🐱' },
      service: { demo: true },
      time: '2026-01-02T03:04:05.678Z',
      version: '0.1.0',
    };
    const made = Buffer.concat([
      png.subarray(0, 33),
      ...textChunk(SETTINGS_KEYWORD, Buffer.from(JSON.stringify(settings))),
      png.subarray(33),
    ]);
    assert.deepEqual((await readFacts(readerOf(new Blob([made])))).settings, settings);
  });

  test('the same from a disk, in a thread, also where it stands far behind; nothing of what is not there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jimeng-facts-'));
    const disk = new WorkerPool<string[], (Facts | undefined)[]>(built.factsWorker, 1);
    try {
      const preview = Buffer.alloc(60_000);
      const jpeg = await plain().jpeg().toBuffer();
      const png = await plain().png().toBuffer();
      const settings = {
        format: 1,
        request: { kind: 'image', prompt: '猫' },
        service: { demo: true },
        time: '2026-01-02T03:04:05.678Z',
        version: '0.1.0',
      };
      const [far, made, gone] = ['a.png', 'b.png', 'gone.png'].map(name => join(folder, name)) as [
        string,
        string,
        string,
      ]; // whatever their names say
      await writeFile(
        far,
        Buffer.concat([
          jpeg.subarray(0, 2),
          Buffer.from([0xff, 0xed, (preview.length + 2) >> 8, (preview.length + 2) & 255]),
          preview,
          jpeg.subarray(2),
        ]),
      );
      await writeFile(
        made,
        Buffer.concat([
          png.subarray(0, 33),
          ...chunk('tEXt', Buffer.alloc(100_000)),
          ...textChunk(SETTINGS_KEYWORD, Buffer.from(JSON.stringify(settings))),
          png.subarray(33),
        ]),
      );
      const size = { width: 30, height: 20 };
      assert.deepEqual(await disk.ask([far, gone, folder, made]), [
        { size },
        undefined,
        undefined,
        { size, settings },
      ]);
    } finally {
      await disk.dispose();
      await rm(folder, { recursive: true });
    }
  });

  test('hostile files tell nothing, and cost nothing', async () => {
    const png = await plain().png().toBuffer();
    const bomb = Buffer.concat([
      png.subarray(0, 33),
      ...chunk('iTXt', Buffer.from('jimeng\0\x01\0\0\0', 'latin1'), Buffer.alloc(5_000_000)),
      png.subarray(33),
    ]);
    const endless = Buffer.concat([
      png.subarray(0, 33),
      Buffer.from('ffffffff', 'hex'),
      Buffer.from('iTXtjimeng\0\0\0\0\0{'),
    ]);
    for (const bytes of [
      bomb,
      endless,
      png.subarray(0, 20),
      Buffer.from('<html>'),
      Buffer.alloc(0),
      Buffer.concat([png.subarray(0, 8), Buffer.alloc(100)]),
    ])
      assert.equal(
        (await readFacts(readerOf(new Blob([new Uint8Array(bytes)])))).settings,
        undefined,
      );
  });
});

suite('what was read of pictures', () => {
  let folder: string;
  let path: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-facts-'));
    path = join(folder, 'new', 'facts.txt');
  });
  teardown(() => rm(folder, { recursive: true }));

  const facts = { size: { width: 1, height: 2 } };
  const state = { bytes: 5, modified: 7 };
  async function reopened(): Promise<FactsCache> {
    const cache = new FactsCache(path);
    await cache.load();
    return cache;
  }

  test('is kept for the file as it was, and for none that is gone', async () => {
    const cache = await reopened();
    cache.set('a', state, facts);
    cache.set('b', state, facts);
    await cache.save(new Set(['a']));
    const again = await reopened();
    assert.deepEqual(again.get('a', state), facts);
    assert.equal(again.get('a', { ...state, modified: 8 }), undefined);
    assert.equal(again.get('a', { ...state, bytes: 6 }), undefined);
    assert.equal(again.get('b', state), undefined);
  });

  test('a broken file, and one of another layout, is an empty one', async () => {
    const cache = await reopened();
    cache.set('a', state, facts);
    await cache.save(new Set(['a']));
    const whole = await readFile(path, 'utf8');
    assert.ok(whole.includes('"width":1'));
    for (const text of [
      '',
      whole.slice(0, -5),
      '[]',
      whole.replace('facts 2', 'facts 3'),
      whole.replace('"width":1', '"width":"large"'),
      whole.replace('\t', ''),
    ]) {
      await writeFile(path, text);
      assert.equal((await reopened()).get('a', state), undefined, text);
    }
  });
});
