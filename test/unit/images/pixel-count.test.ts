import assert from 'node:assert/strict';
import { declaredPixels } from '../../../src/core/images/pixel-count.ts';
import { photo, withSegment, xmp } from '../convert/samples.ts';

suite('promised pixels', () => {
  const pixels = 301 * 203;
  const webps = {
    lossy: () => photo(301, 203).webp(),
    lossless: () => photo(301, 203).webp({ lossless: true }),
    'with alpha': () => photo(301, 203, 4).webp(),
    'with metadata': () => photo(301, 203).withXmp(xmp).webp(),
  };
  for (const [what, picture] of Object.entries(webps))
    test(`WebP, ${what}`, async () =>
      assert.equal(declaredPixels(await picture().toBuffer()), pixels));

  for (const progressive of [false, true]) {
    test(`JPEG, ${progressive ? 'progressive' : 'baseline'}, behind other segments and fill bytes`, async () => {
      const jpeg = await photo(301, 203)
        .withMetadata({ orientation: 6 })
        .jpeg({ progressive })
        .toBuffer();
      assert.equal(declaredPixels(jpeg), pixels);
      const longer = withSegment(jpeg, 0xe1, Buffer.alloc(65_000, 0xff));
      assert.equal(
        declaredPixels(
          Buffer.concat([longer.subarray(0, 2), Buffer.of(0xff, 0xff), longer.subarray(2)]),
        ),
        pixels,
      );
      assert.equal(
        declaredPixels(Buffer.concat([Buffer.from('before'), jpeg]).subarray(6)),
        pixels,
        'a part of a larger buffer',
      );
    });
  }

  test('nothing of a PNG, of what is none, and of headers that are cut off', async () => {
    const [png, webp, jpeg] = await Promise.all([
      photo(30, 20).png().toBuffer(),
      photo(30, 20).webp().toBuffer(),
      photo(30, 20).jpeg().toBuffer(),
    ]);
    for (const bytes of [png, Buffer.from('<html>'), new Uint8Array(), webp.subarray(0, 29)])
      assert.equal(declaredPixels(bytes), 0);
    const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
    for (let length = 0; length < frame + 9; length++)
      assert.equal(declaredPixels(jpeg.subarray(0, length)), 0);
    assert.equal(declaredPixels(Buffer.concat([jpeg.subarray(0, 4), Buffer.alloc(40)])), 0);
  });
});
