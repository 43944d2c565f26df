import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { ByteStreamBuffer } from '../../../src/core/images/bytes.ts';
import { checkPng } from '../../../src/core/images/check-png.ts';
import { chunk } from '../../../src/core/images/png.ts';
import { ImageError } from '../../../src/core/images/formats.ts';
import { chunksOf, photo } from '../convert/samples.ts';

suite('a PNG that is checked while it is received', () => {
  let plain: Buffer;
  let large: Buffer;
  suiteSetup(async () => {
    plain = await photo(13, 7).png().toBuffer();
    large = await photo(700, 500).png({ compressionLevel: 0 }).toBuffer(); // a megabyte
  });

  /** Hands the bytes over in such pieces, and then says that this was all. */
  async function inPieces(bytes: Uint8Array, piece: number, total = bytes.length) {
    const body = new ByteStreamBuffer(new Uint8Array(total));
    const check = checkPng(body);
    check.catch(() => {
      /* told below */
    });
    for (let at = 0; at < bytes.length; at += piece) {
      body.add(bytes.subarray(at, at + piece));
      await turn();
    }
    body.end();
    return check;
  }
  const damaged = (detail: string) => (error: unknown) =>
    error instanceof ImageError && error.kind === 'pictureDamaged' && error.message === detail;

  test('in pieces of any length it is what it is', async () => {
    for (let piece = 1; piece <= plain.length; piece++)
      assert.deepEqual(await inPieces(plain, piece), { width: 13, height: 7 });
    for (const piece of [1_000, 16_384, 99_999, large.length])
      assert.deepEqual(await inPieces(large, piece), { width: 700, height: 500 });
  });

  test('it is known before the last byte is there, and what follows the end does not count', async () => {
    const body = new ByteStreamBuffer(new Uint8Array(plain.length + 9));
    body.add(plain);
    assert.deepEqual(await checkPng(body), { width: 13, height: 7 });
  });

  test('it waits for what is missing, and is cut off where no more will come', async () => {
    for (let length = 0; length < plain.length; length++)
      await assert.rejects(
        inPieces(plain.subarray(0, length), 9, plain.length),
        damaged('cut off'),
        `${length} bytes`,
      );
    const half = large.subarray(0, large.length >> 1);
    const body = new ByteStreamBuffer(new Uint8Array(large.length));
    body.add(half);
    const check = checkPng(body);
    assert.equal(await Promise.race([check, turn('waiting')]), 'waiting');
    body.add(large.subarray(half.length));
    assert.deepEqual(await check, { width: 700, height: 500 });
  });

  test('image data in one chunk is inflated before all of it is there', async () => {
    const data = Buffer.concat(chunksOf(large, 'IDAT'));
    const png = Buffer.concat([large.subarray(0, 33), ...chunk('IDAT', data), ...chunk('IEND')]);
    for (const piece of [1_000, 70_000])
      assert.deepEqual(await inPieces(png, piece), { width: 700, height: 500 });
    for (const length of [50, 500_000, png.length - 13, png.length - 1])
      await assert.rejects(
        inPieces(png.subarray(0, length), 50_000, png.length),
        damaged('cut off'),
        `${length} bytes`,
      );
    const changed = Buffer.from(png);
    changed.writeUInt8(changed.readUInt8(500_000) ^ 1, 500_000);
    await assert.rejects(inPieces(changed, 50_000), damaged('CRC of IDAT'));
    await assert.rejects(
      inPieces(Buffer.concat([large.subarray(0, 8), ...chunk('IHDR'), large.subarray(8)]), 50_000),
      damaged('IHDR'),
    );
  });

  test('damage is told as soon as it is there', async () => {
    const changed = Buffer.from(large);
    changed.writeUInt8(changed.readUInt8(5_000) ^ 1, 5_000);
    const body = new ByteStreamBuffer(new Uint8Array(large.length));
    body.add(changed.subarray(0, changed.length - 1));
    await assert.rejects(checkPng(body), damaged('CRC of IDAT'));
    const wide = Buffer.from(plain);
    wide.writeUInt32BE(0x8000_000d, 16); // an error on the way, and not too large
    await assert.rejects(inPieces(wide, 10), damaged('CRC of IHDR'));
  });

  test('image data in many chunks, with something behind its end, is inflated once', async () => {
    const data = Buffer.concat([...chunksOf(large, 'IDAT'), Buffer.alloc(200_000, 7)]);
    const parts = Array.from({ length: Math.ceil(data.length / 8_192) }, (_, index) =>
      chunk('IDAT', data.subarray(index * 8_192, (index + 1) * 8_192)),
    );
    const png = Buffer.concat([large.subarray(0, 33), ...parts.flat(), ...chunk('IEND')]);
    assert.equal((await sharp(png).metadata()).width, 700);
    for (const piece of [10_000, png.length])
      assert.deepEqual(await inPieces(png, piece), { width: 700, height: 500 });
    await assert.rejects(
      inPieces(
        Buffer.concat([large.subarray(0, 33), ...parts.slice(0, 9).flat(), ...chunk('IEND')]),
        10_000,
      ),
      damaged('IDAT'),
    );
  });

  suite('what no decoder opens', () => {
    const head = (width: number, height: number, bits: number, colorType: number) => {
      const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, bits, colorType, 0, 0, 0]);
      header.writeUInt32BE(width, 0);
      header.writeUInt32BE(height, 4);
      return chunk('IHDR', header);
    };
    const png = (...parts: Uint8Array[][]) =>
      Buffer.concat([plain.subarray(0, 8), ...parts.flat(), ...chunk('IEND')]);
    const data = (...rows: number[][]) => chunk('IDAT', deflateSync(Buffer.from(rows.flat())));
    const colors = (count: number) => chunk('PLTE', Buffer.alloc(count * 3, 99));
    /** The good one of each pair is opened by a decoder, too. */
    const pairs: [what: string, good: () => Buffer, bad: () => Buffer, detail: string][] = [
      [
        'a filter that there is not',
        () => png(head(2, 2, 8, 0), data([4, 1, 2], [3, 3, 4])),
        () => png(head(2, 2, 8, 0), data([0, 1, 2], [9, 3, 4])),
        'filter 9',
      ],
      [
        'no palette',
        () => png(head(2, 1, 8, 3), colors(2), data([0, 1, 0])),
        () => png(head(2, 1, 8, 3), data([0, 1, 0])),
        'no PLTE',
      ],
      [
        'a palette behind the pixels',
        () => png(head(2, 1, 8, 3), colors(2), data([0, 1, 0])),
        () => png(head(2, 1, 8, 3), data([0, 1, 0]), colors(2)),
        'no PLTE',
      ],
      [
        'a palette of no whole colours',
        () => png(head(2, 1, 8, 3), colors(2), data([0, 1, 0])),
        () => png(head(2, 1, 8, 3), chunk('PLTE', Buffer.alloc(7)), data([0, 1, 0])),
        'PLTE',
      ],
      [
        'a colour that is not in the palette',
        () => png(head(2, 1, 8, 3), colors(3), data([0, 1, 2])),
        () => png(head(2, 1, 8, 3), colors(3), data([0, 1, 3])),
        'color 3 of 3',
      ],
      [
        'one by a filter of its left',
        () => png(head(3, 1, 8, 3), colors(3), data([1, 1, 1, 0])),
        () => png(head(3, 1, 8, 3), colors(3), data([1, 1, 1, 1])),
        'color 3 of 3',
      ],
      [
        'one by a filter of the row above',
        () => png(head(1, 2, 8, 3), colors(3), data([0, 1], [2, 1])),
        () => png(head(1, 2, 8, 3), colors(3), data([0, 2], [2, 1])),
        'color 3 of 3',
      ],
      [
        'one of two bits, the rest of the byte being no pixel',
        () => png(head(3, 1, 2, 3), colors(3), data([0, 0b10_01_00_11])),
        () => png(head(3, 1, 2, 3), colors(3), data([0, 0b10_01_11_00])),
        'color 3 of 3',
      ],
      [
        'an unknown chunk that cannot be passed over',
        () => png(head(1, 1, 8, 0), chunk('abCd'), data([0, 1])),
        () => png(head(1, 1, 8, 0), chunk('ABCd'), data([0, 1])),
        'ABCd',
      ],
      [
        'two headers',
        () => png(head(1, 1, 8, 0), data([0, 1])),
        () => png(head(1, 1, 8, 0), head(1, 1, 8, 0), data([0, 1])),
        'IHDR',
      ],
    ];
    for (const [what, good, bad, detail] of pairs) {
      test(what, async () => {
        const { width } = await sharp(good())
          .raw()
          .toBuffer({ resolveWithObject: true })
          .then(({ info }) => info);
        assert.equal((await inPieces(good(), 7)).width, width);
        for (const piece of [1, 7, 1_000])
          await assert.rejects(inPieces(bad(), piece), damaged(detail));
      });
    }

    test('real pictures with few colours, interlaced or not, are good', async () => {
      for (const colours of [2, 3, 5, 17, 200, 256]) {
        for (const progressive of [false, true]) {
          const png = await photo(300, 211).png({ palette: true, colours, progressive }).toBuffer();
          assert.deepEqual(
            await inPieces(png, 5_000),
            { width: 300, height: 211 },
            `${colours}, ${progressive ? 'interlaced' : 'plain'}`,
          );
        }
      }
    });
  });
});
