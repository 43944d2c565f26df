import assert from 'node:assert/strict';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { Thumbnails } from '../../../src/core/gallery/thumbnails.ts';
import { chunk, PNG_SIGNATURE } from '../../../src/core/images/png.ts';
import { JimengError } from '../../../src/core/service/failures/failures.ts';
import { built } from '../../built.ts';

suite('thumbnails', () => {
  let folder: string;
  let thumbnails: Thumbnails;
  let reads = 0;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-thumbnails-'));
    thumbnails = new Thumbnails(join(folder, 'of', 'pictures'), {
      workerUrl: built.thumbnailWorker,
      codecs: built.codecs,
    });
    reads = 0;
  });
  teardown(async () => {
    await thumbnails.dispose();
    await rm(folder, { recursive: true });
  });

  const pictured = (bytes: Uint8Array, more: object = {}) => ({
    id: 'file:///a.png',
    bytes: bytes.length,
    modified: 1,
    source: () => {
      reads++;
      return Promise.resolve(bytes);
    },
    ...more,
  });
  const noise = (width: number, height: number) =>
    sharp({
      create: {
        width,
        height,
        channels: 3,
        background: 'teal',
        noise: { type: 'gaussian', mean: 100, sigma: 20 },
      },
    });

  test('are small, in proportion, upright, of each format', async () => {
    const tall = noise(1_000, 2_000);
    for (const [index, [source, width, height]] of (
      [
        [tall.clone().png(), 200, 400],
        [tall.clone().webp(), 200, 400],
        [tall.clone().jpeg(), 200, 400],
        [tall.clone().withMetadata({ orientation: 8 }).jpeg(), 400, 200],
        [noise(60, 40).png(), 60, 40],
        [noise(3_000, 2).png(), 400, 1],
      ] as const
    ).entries()) {
      const path = await thumbnails.get(pictured(await source.toBuffer(), { modified: index }));
      const made = await sharp(await readFile(path)).metadata();
      assert.deepEqual(
        [made.format, made.width, made.height],
        ['webp', width, height],
        String(index),
      );
    }
  });

  test('of a file on a disk are read by the worker; one that has gone is a sentence, and the next is made', async () => {
    const file = join(folder, 'a.png');
    await writeFile(file, await noise(600, 300).png().toBuffer());
    const at = (path: string) =>
      thumbnails.get({ id: path, bytes: 1, modified: 1, source: () => Promise.resolve(path) });
    await assert.rejects(
      at(join(folder, 'gone.png')),
      (error: unknown) =>
        error instanceof JimengError &&
        error.failure.kind === 'unexpected' &&
        error.failure.detail === 'ENOENT',
    );
    assert.equal((await sharp(await readFile(await at(file))).metadata()).width, 400);
  });

  test('are made once, and anew when the picture has changed', async () => {
    const bytes = await noise(600, 600).png().toBuffer();
    const first = await thumbnails.get(pictured(bytes));
    assert.equal(await thumbnails.get(pictured(bytes)), first);
    assert.equal(reads, 1);
    assert.notEqual(await thumbnails.get(pictured(bytes, { modified: 2 })), first);
    assert.notEqual(await thumbnails.get(pictured(bytes, { id: 'file:///b.png' })), first);
    assert.equal(reads, 3);
    await writeFile(first, Buffer.alloc(1_000)); // as after a power cut
    assert.equal(
      (await sharp(await readFile(await thumbnails.get(pictured(bytes)))).metadata()).width,
      400,
    );
    assert.equal(reads, 4);
  });

  test('of hostile pictures there are none, and the next one is made', async () => {
    const head = (width: number, height: number) => {
      const data = Buffer.alloc(13);
      data.writeUInt32BE(width, 0);
      data.writeUInt32BE(height, 4);
      data.set([8, 2], 8);
      return Buffer.concat([PNG_SIGNATURE, ...chunk('IHDR', data)]);
    };
    const end = Buffer.concat(chunk('IEND'));
    const good = await noise(50, 50).png().toBuffer();
    const zeros = deflateSync(Buffer.alloc(200_000_000), { level: 9 });
    const hostile: [Buffer, string][] = [
      [Buffer.concat([head(60_000, 60_000), ...chunk('IDAT', zeros), end]), 'pictureTooLarge'],
      [
        Buffer.concat([head(10, 10), ...chunk('IDAT', deflateSync(Buffer.alloc(100))), end]),
        'pictureDamaged',
      ], // too little
      [
        Buffer.concat([head(10, 10), ...chunk('IDAT', Buffer.from('nothing')), end]),
        'pictureDamaged',
      ],
      [
        Buffer.concat([PNG_SIGNATURE, ...chunk('IDAT', deflateSync(Buffer.alloc(310))), end]),
        'pictureDamaged',
      ],
      [good.subarray(0, good.length / 2), 'pictureDamaged'],
      [Buffer.from('<svg onload="alert(1)"/>'), 'notAPicture'],
      [Buffer.from('GIF89a'), 'pictureUnsupported'],
    ];
    for (const [bytes, kind] of hostile)
      await assert.rejects(
        thumbnails.get(pictured(bytes)),
        (error: unknown) => error instanceof JimengError && error.failure.kind === kind,
        kind,
      );

    const profile = Buffer.concat([
      good.subarray(0, 33),
      ...chunk('iCCP', Buffer.from('x\0\0', 'latin1'), zeros),
      good.subarray(33),
    ]);
    await thumbnails.get(pictured(profile)); // a profile that never ends is left out
    await thumbnails.get(pictured(Buffer.concat([head(10, 10), ...chunk('IDAT', zeros), end]))); // what is too much is not looked at
    assert.equal((await readdir(join(folder, 'of', 'pictures'))).length, 2);
  });

  test('too many: the oldest go, and nothing that is no thumbnail', async () => {
    const cache = join(folder, 'of', 'pictures');
    await mkdir(cache, { recursive: true });
    const nameOf = (index: number) => `${index.toString(16).padStart(64, '0')}.webp`;
    for (let index = 0; index < 20_000; index += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_, more) => writeFile(join(cache, nameOf(index + more)), '')),
      );
    const others = ['notes.txt', 'mine.webp', `${'f'.repeat(64)}.webp`, `${'e'.repeat(64)}.webp`];
    await writeFile(join(cache, others[0]!), '');
    await writeFile(join(cache, others[1]!), '');
    await symlink(join(cache, others[0]!), join(cache, others[2]!));
    await mkdir(join(cache, others[3]!));
    for (const name of [...others.slice(0, 2), others[3]!, nameOf(17)])
      await utimes(join(cache, name), 1, 1);
    await thumbnails.get(pictured(await noise(50, 50).png().toBuffer()));
    const left = await readdir(cache);
    assert.deepEqual(
      others.filter(name => !left.includes(name)),
      [],
    );
    assert.ok(!left.includes(nameOf(17)));
    assert.equal(left.length, 15_000 + others.length + 1);
  });

  test('what is no longer wanted is not made', async () => {
    const bytes = await noise(50, 50).png().toBuffer();
    const reason = new Error('gone');
    await assert.rejects(thumbnails.get(pictured(bytes), AbortSignal.abort(reason)), reason);
    assert.equal(reads, 0);
  });
});
