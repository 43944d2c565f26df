import assert from 'node:assert/strict';
import { readerIn } from '../../../src/core/images/bytes.ts';
import { sizeOf } from '../../../src/core/images/inspect.ts';
import { photo, withSegment, xmp } from '../convert/samples.ts';

suite('the size of a picture by its headers', () => {
  const size = { width: 301, height: 203 };
  const webps = {
    lossy: () => photo(301, 203).webp(),
    lossless: () => photo(301, 203).webp({ lossless: true }),
    'with alpha': () => photo(301, 203, 4).webp(),
    'with metadata': () => photo(301, 203).withXmp(xmp).webp(),
  };
  for (const [what, picture] of Object.entries(webps))
    test(`WebP, ${what}`, async () =>
      assert.deepEqual(await sizeOf(readerIn(await picture().toBuffer())), size));

  for (const progressive of [false, true]) {
    test(`JPEG, ${progressive ? 'progressive' : 'baseline'}, behind other segments and fill bytes`, async () => {
      const jpeg = await photo(301, 203)
        .withMetadata({ orientation: 6 })
        .jpeg({ progressive })
        .toBuffer();
      const turned = { width: 203, height: 301 };
      assert.deepEqual(await sizeOf(readerIn(jpeg)), turned);
      const longer = withSegment(jpeg, 0xe1, Buffer.alloc(65_000, 0xff));
      assert.deepEqual(
        await sizeOf(
          readerIn(
            Buffer.concat([longer.subarray(0, 2), Buffer.of(0xff, 0xff), longer.subarray(2)]),
          ),
        ),
        turned,
      );
      assert.deepEqual(
        await sizeOf(readerIn(Buffer.concat([Buffer.from('before'), jpeg]).subarray(6))),
        turned,
        'a part of a larger buffer',
      );
    });
  }

  test('JPEG, behind any number of fill bytes', async () => {
    const jpeg = await photo(301, 203).jpeg().toBuffer();
    for (const count of [1, 251, 252, 253, 254, 255, 256, 257, 1_000]) {
      const filled = [jpeg.subarray(0, 2), Buffer.alloc(count, 0xff), jpeg.subarray(2)];
      assert.deepEqual(await sizeOf(readerIn(Buffer.concat(filled))), size, `${count}`);
    }
  });

  test('PNG; nothing of what is no picture, and of headers that are cut off', async () => {
    const [png, webp, jpeg] = await Promise.all([
      photo(30, 20).png().toBuffer(),
      photo(30, 20).webp().toBuffer(),
      photo(30, 20).jpeg().toBuffer(),
    ]);
    assert.deepEqual(await sizeOf(readerIn(png)), { width: 30, height: 20 });
    for (const bytes of [
      png.subarray(0, 32),
      Buffer.from('<html>'),
      new Uint8Array(),
      webp.subarray(0, 29),
    ])
      assert.equal(await sizeOf(readerIn(bytes)), undefined);
    const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
    for (let length = 0; length < frame + 9; length++)
      assert.equal(await sizeOf(readerIn(jpeg.subarray(0, length))), undefined);
    assert.equal(
      await sizeOf(readerIn(Buffer.concat([jpeg.subarray(0, 4), Buffer.alloc(40)]))),
      undefined,
    );
  });
});
