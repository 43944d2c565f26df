import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { crc32, inflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { ImageError } from '../../../src/core/images/formats.ts';
import { toPng } from '../../../src/convert/to-png.ts';
import { built } from '../../built.ts';
import { chunksOf, photo, withChunk, withSegment, xmp } from './samples.ts';

const loadCodec = async (name: string) =>
  WebAssembly.compile(await readFile(new URL(name, built.codecs)));
const convert = (bytes: Uint8Array) => toPng(bytes, loadCodec);

/** Bit depth and colour type of a PNG. */
const header = (png: Uint8Array) => [...chunksOf(png, 'IHDR')[0]!.subarray(8, 10)];

/** The PNG shows just the pixels that the reference decoder sees in the source, upright. */
async function samePixels(source: Uint8Array, colorType: number): Promise<Uint8Array> {
  const { png, width, height } = await convert(source);
  const channels = { 0: 'b-w', 2: 'srgb', 6: 'srgb' }[colorType] as 'b-w' | 'srgb';
  const [expected, actual] = await Promise.all(
    [sharp(source).autoOrient(), sharp(png)].map(image =>
      image.toColourspace(channels).raw().toBuffer({ resolveWithObject: true }),
    ),
  );
  assert.deepEqual(header(png), [8, colorType]);
  assert.deepEqual(
    [actual!.info.width, actual!.info.height, actual!.info.channels],
    [expected!.info.width, expected!.info.height, expected!.info.channels],
  );
  assert.ok(actual!.data.equals(expected!.data), 'other pixels');
  assert.deepEqual([width, height], [expected!.info.width, expected!.info.height]);
  return png;
}

function fails(bytes: Uint8Array, kind: ImageError['kind'], detail?: RegExp) {
  return assert.rejects(convert(bytes), (error: unknown) => {
    assert.ok(error instanceof ImageError, String(error));
    assert.equal(error.kind, kind);
    if (detail) assert.match(error.message, detail);
    return true;
  });
}

suite("to PNG: pixels equal the reference decoder's", () => {
  const rgb = photo(203, 101);
  const cases: Record<string, [colorType: number, bytes: () => Promise<Buffer>]> = {
    'WebP lossy': [2, () => rgb.clone().webp({ quality: 80 }).toBuffer()],
    'WebP lossless': [2, () => rgb.clone().webp({ lossless: true }).toBuffer()],
    'WebP lossy with alpha': [
      6,
      () => photo(203, 101, 4).webp({ quality: 70, alphaQuality: 60 }).toBuffer(),
    ],
    'WebP lossless with alpha': [
      6,
      () => photo(203, 101, 4).webp({ lossless: true, exact: true }).toBuffer(),
    ],
    'JPEG 4:2:0': [2, () => rgb.clone().jpeg({ chromaSubsampling: '4:2:0' }).toBuffer()],
    'JPEG 4:4:4': [2, () => rgb.clone().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer()],
    'JPEG progressive': [2, () => rgb.clone().jpeg({ progressive: true }).toBuffer()],
    'JPEG grey': [0, () => photo(203, 101, 1).toColourspace('b-w').jpeg().toBuffer()],
    'JPEG grey progressive': [
      0,
      () => photo(203, 101, 1).toColourspace('b-w').jpeg({ progressive: true }).toBuffer(),
    ],
    'one pixel, WebP': [2, () => photo(1, 1).webp().toBuffer()],
    'one pixel, JPEG': [2, () => photo(1, 1).jpeg().toBuffer()],
  };
  for (const [name, [colorType, bytes]] of Object.entries(cases))
    test(name, async () => {
      await samePixels(await bytes(), colorType);
    });

  for (let orientation = 1; orientation <= 8; orientation++) {
    test(`turned by EXIF ${orientation}, JPEG and WebP`, async () => {
      const tagged = photo(61, 37).withMetadata({ orientation });
      for (const source of [
        await tagged.clone().jpeg().toBuffer(),
        await tagged.clone().webp({ lossless: true }).toBuffer(),
      ]) {
        const png = await samePixels(source, 2);
        assert.equal((await sharp(png).metadata()).orientation ?? 1, 1, 'nothing turns it again');
      }
    });
  }
  for (const [width, height] of [
    [2048, 2048],
    [5120, 2880],
  ] as const) {
    test(`${width}×${height}, WebP and JPEG`, async () => {
      const image = photo(width, height);
      await samePixels(await image.clone().webp({ quality: 80, effort: 0 }).toBuffer(), 2);
      await samePixels(await image.clone().jpeg({ quality: 90 }).toBuffer(), 2);
    }).timeout(60_000);
  }
});

suite('to PNG: what a picture says about itself', () => {
  const icc = async () =>
    (await sharp(await photo(8, 8).withIccProfile('p3').jpeg().toBuffer()).metadata()).icc!;
  const profileOf = (png: Uint8Array) =>
    inflateSync(chunksOf(png, 'iCCP')[0]!.subarray('ICC profile\0\0'.length));
  const textOf = (png: Uint8Array) => chunksOf(png, 'iTXt').map(text => text.toString());

  for (const [name, encode] of Object.entries({
    JPEG: (image: Sharp) => image.jpeg(),
    WebP: (image: Sharp) => image.webp(),
    'lossless WebP': (image: Sharp) => image.webp({ lossless: true }),
  })) {
    test(`ICC, EXIF and XMP of a ${name}`, async () => {
      const source = await encode(
        photo(40, 30)
          .withIccProfile('p3')
          .withExif({ IFD0: { Software: 'Jimeng', Orientation: '6' } })
          .withXmp(xmp),
      ).toBuffer();
      const before = await sharp(source).metadata();
      const { png } = await convert(source);
      const after = await sharp(png).metadata();
      assert.ok(profileOf(png).equals(before.icc!));
      assert.ok(after.icc!.equals(before.icc!));
      assert.match(after.exif!.toString('latin1'), /Jimeng/);
      assert.deepEqual(textOf(png), [
        `XML:com.adobe.xmp\0\0\0\0\0${before.xmp!.toString().replace('tiff:Orientation="6"', 'tiff:Orientation="1"')}`,
      ]);
      assert.match(after.xmp!.toString(), /TC260:AIGC.*即梦/s);
      assert.equal(after.orientation ?? 1, 1);
    });
  }

  test('an ICC profile in several segments, in any order', async () => {
    const profile = Buffer.concat([await icc(), Buffer.alloc(100_000, 'x')]);
    const parts = [profile.subarray(0, 60_000), profile.subarray(60_000)].map((part, index) =>
      Buffer.concat([Buffer.from('ICC_PROFILE\0'), Buffer.from([index + 1, 2]), part]),
    );
    const plain = await photo(8, 8).jpeg().toBuffer();
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const source = order.reduce<Buffer>(
        (jpeg, part) => withSegment(jpeg, 0xe2, parts[part]!),
        plain,
      );
      assert.ok(profileOf((await convert(source)).png).equals(profile));
    }
    assert.deepEqual(
      chunksOf((await convert(withSegment(plain, 0xe2, parts[0]!))).png, 'iCCP'),
      [],
      'half a profile is none',
    );
  });

  test('an RGB profile in a grey JPEG would make a PNG that breaks the rules', async () => {
    const grey = await photo(8, 8, 1).toColourspace('b-w').jpeg().toBuffer();
    const { png } = await convert(
      withSegment(
        grey,
        0xe2,
        Buffer.concat([Buffer.from('ICC_PROFILE\0'), Buffer.from([1, 1]), await icc()]),
      ),
    );
    assert.deepEqual(chunksOf(png, 'iCCP'), []);
  });

  test("an EXIF chunk of a WebP with JPEG's name before it; a broken one is carried as it is", async () => {
    const webp = await photo(8, 8).withXmp(xmp).webp().toBuffer(); // XMP makes it an extended file
    const tiff = Buffer.from(
      'MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x01\0\0\0\0\0\0',
      'latin1',
    );
    assert.ok(
      chunksOf(
        (await convert(withChunk(webp, 'EXIF', Buffer.concat([Buffer.from('Exif\0\0'), tiff]))))
          .png,
        'eXIf',
      )[0]!.equals(tiff),
    );
    for (const broken of [
      '',
      'MM',
      'II*\0\xff\xff\xff\xff\0\0\0\0\0\0',
      'MM\0*\0\0\0\x08\xff\xff\x01\x12\0\x03',
      'no TIFF at all, but long enough',
    ]) {
      const content = Buffer.from(broken, 'latin1');
      assert.ok(
        chunksOf((await convert(withChunk(webp, 'EXIF', content))).png, 'eXIf')[0]!.equals(content),
      );
    }
  });
});

suite('to PNG: a PNG stays as it is', () => {
  const cases: Record<string, () => Promise<Buffer>> = {
    RGB: () => photo(33, 17).png().toBuffer(),
    'RGB with alpha': () => photo(33, 17, 4).png().toBuffer(),
    grey: () => photo(33, 17, 1).toColourspace('b-w').png().toBuffer(),
    palette: () => photo(33, 17).png({ palette: true, colours: 4 }).toBuffer(),
    '16 bits': () => photo(33, 17).toColourspace('rgb16').png().toBuffer(),
    interlaced: () => photo(33, 17).png({ progressive: true }).toBuffer(),
    'interlaced, one column': () => photo(1, 9).png({ progressive: true }).toBuffer(),
    'with bytes after its end': async () =>
      Buffer.concat([await photo(33, 17).png().toBuffer(), Buffer.from('nobody reads this')]),
  };
  for (const [name, bytes] of Object.entries(cases)) {
    test(name, async () => {
      const source = await bytes();
      const { png, width, height } = await convert(source);
      assert.ok(Buffer.from(png).equals(source));
      const metadata = await sharp(source).metadata();
      assert.deepEqual([width, height], [metadata.width, metadata.height]);
    });
  }
});

suite('to PNG: what is not converted', () => {
  test('JPEG cut off anywhere is damaged, never filled with grey', async () => {
    for (const progressive of [false, true]) {
      const jpeg = await photo(97, 61).withXmp(xmp).jpeg({ progressive }).toBuffer();
      for (let length = 3; length < jpeg.length; length += 29)
        await fails(jpeg.subarray(0, length), 'pictureDamaged');
      await fails(jpeg.subarray(0, -1), 'pictureDamaged');
    }
  });

  test('JPEG with its end marker but without its middle', async () => {
    for (const progressive of [false, true]) {
      const jpeg = await photo(97, 61).jpeg({ progressive }).toBuffer();
      await fails(
        Buffer.concat([jpeg.subarray(0, jpeg.length >> 1), Buffer.from([0xff, 0xd9])]),
        'pictureDamaged',
        /premature end/,
      );
    }
  });

  test('WebP cut off anywhere', async () => {
    for (const lossless of [false, true]) {
      const webp = await photo(97, 61, 4).withXmp(xmp).webp({ lossless }).toBuffer();
      for (let length = 12; length < webp.length; length += 29)
        await fails(webp.subarray(0, length), 'pictureDamaged');
      // The container shortened with it: the decoder has to notice.
      const cut = Buffer.from((await photo(97, 61).webp({ lossless }).toBuffer()).subarray(0, 600));
      cut.writeUInt32LE(cut.length - 8, 4);
      cut.writeUInt32LE(cut.length - 20, 16);
      await fails(cut, 'pictureDamaged', /cannot be decoded/);
    }
  });

  test('PNG with any byte changed, or cut off anywhere', async () => {
    const png = await photo(13, 7).png().toBuffer();
    for (let at = 8; at < png.length; at++) {
      const changed = Buffer.from(png);
      changed.writeUInt8(png.readUInt8(at) ^ 0x41, at);
      await assert.rejects(convert(changed), ImageError, `byte ${at}`);
    }
    for (let length = 8; length < png.length; length++)
      await fails(png.subarray(0, length), 'pictureDamaged');
  });

  test('PNG whose image data is short or too long for its header', async () => {
    const chunk = (png: Buffer, type: string) => {
      const at = png.indexOf(type) - 4;
      return png.subarray(at, at + 12 + png.readUInt32BE(at));
    };
    const [small, large] = [
      await photo(9, 9).png().toBuffer(),
      await photo(9, 10).png().toBuffer(),
    ];
    for (const [header, data] of [
      [small, large],
      [large, small],
    ] as const)
      await fails(
        Buffer.concat([
          small.subarray(0, 8),
          chunk(header, 'IHDR'),
          chunk(data, 'IDAT'),
          chunk(small, 'IEND'),
        ]),
        'pictureDamaged',
      );

    await fails(
      Buffer.concat([small.subarray(0, 8), chunk(small, 'IHDR'), chunk(small, 'IEND')]),
      'pictureDamaged',
    );
    await fails(
      Buffer.concat([small.subarray(0, 8), chunk(small, 'IDAT'), chunk(small, 'IEND')]),
      'pictureDamaged',
    );
  });

  test('animated WebP, CMYK, 12 bits, lossless and arithmetic JPEG, GIF', async () => {
    const frames = await Promise.all(
      [1, 2].map(shift =>
        photo(20, 20)
          .modulate({ hue: shift * 90 })
          .png()
          .toBuffer(),
      ),
    );
    await fails(
      await sharp(frames, { join: { animated: true } })
        .webp()
        .toBuffer(),
      'pictureUnsupported',
      /^animated WebP$/,
    );
    await fails(await sharp(frames[0]).gif().toBuffer(), 'pictureUnsupported', /^GIF$/);
    await fails(
      await photo(20, 20).toColourspace('cmyk').jpeg().toBuffer(),
      'pictureUnsupported',
      /^CMYK JPEG$/,
    );
    const jpeg = await photo(20, 20).jpeg().toBuffer();
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    const changed = (at: number, value: number) => {
      const copy = Buffer.from(jpeg);
      copy[frame + at] = value;
      return copy;
    };
    await fails(changed(4, 12), 'pictureUnsupported', /^12 bit JPEG$/);
    await fails(changed(1, 0xc3), 'pictureUnsupported', /^JPEG SOF3$/);
    await fails(changed(1, 0xc9), 'pictureUnsupported', /^JPEG SOF9$/);
  });

  test('too many pixels, told by the header before anything is decoded', async () => {
    const [jpeg, png, lossy, lossless] = [
      await photo(20, 20).jpeg().toBuffer(),
      await photo(20, 20).png().toBuffer(),
      await photo(20, 20).webp().toBuffer(),
      await photo(20, 20).webp({ lossless: true }).toBuffer(),
    ];
    jpeg.writeUInt32BE(0xffff_ffff, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 5);
    await fails(jpeg, 'pictureTooLarge', /^65535×65535$/);
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(60_000, 20);
    await fails(repaired(png), 'pictureTooLarge');
    lossy.writeUInt32LE(0x3fff_3fff, 26);
    await fails(lossy, 'pictureTooLarge', /^16383×16383$/);
    lossless.writeUInt32LE(0x0fff_ffff, 21);
    await fails(lossless, 'pictureTooLarge', /^16384×16384$/);
  });

  test('no picture at all', async () => {
    for (const text of [
      '',
      'P',
      '<!doctype html><title>404</title>',
      '{"code":-2002}',
      'BMW builds cars',
      '\x89PNG',
      'RIFF1234AVI ',
    ])
      await fails(Buffer.from(text, 'latin1'), 'notAPicture');
  });

  test('garbage behind a true signature', async () => {
    for (const start of [
      '\x89PNG\r\n\x1a\n',
      '\xff\xd8\xff',
      'RIFF\x20\0\0\0WEBP',
      'RIFF\x0c\0\0\0WEBPVP8X\0\0\0\0',
      'RIFF\x14\0\0\0WEBPVP8 \x08\0\0\0',
    ])
      await fails(Buffer.from(`${start}${'\x91garbage'.repeat(20)}`, 'latin1'), 'pictureDamaged');
  });
});

/** A PNG whose header was changed, with the right checksum again. */
function repaired(png: Buffer): Buffer {
  const copy = Buffer.from(png);
  copy.writeUInt32BE(crc32(copy.subarray(12, 29)), 29);
  return copy;
}
