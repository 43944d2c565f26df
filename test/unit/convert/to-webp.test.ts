import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { chunk, PNG_SIGNATURE } from '../../../src/core/images/png.ts';
import { readPngPixels } from '../../../src/convert/png-pixels.ts';
import { toPng } from '../../../src/convert/to-png.ts';
import { toWebp } from '../../../src/convert/to-webp.ts';
import { built } from '../../built.ts';
import { photo, withSegment, xmp } from './samples.ts';

const loadCodec = async (name: string) =>
  WebAssembly.compile(await readFile(new URL(name, built.codecs)));

suite('PNG to pixels', () => {
  const grey = () => photo(61, 37, 1).toColourspace('b-w');
  const cases: Record<string, () => Sharp> = {
    RGB: () => photo(61, 37).png(),
    'RGB with alpha': () => photo(61, 37, 4).png(),
    grey: () => grey().png(),
    palette: () => photo(61, 37).png({ palette: true, colours: 200 }),
    'palette with alpha': () => photo(61, 37, 4).png({ palette: true, colours: 120 }),
    'palette of 4 bits': () => photo(61, 37).png({ palette: true, colours: 12 }),
    interlaced: () => photo(61, 37).png({ progressive: true }),
    '16 bits': () => photo(61, 37).toColourspace('rgb16').png(),
  };
  for (const [name, make] of Object.entries(cases)) {
    test(name, async () => {
      const png = await make().toBuffer();
      const { width, height, rgba } = await (await readPngPixels(png)).decode(loadCodec);
      assert.deepEqual([width, height], [61, 37]);
      const expected = await sharp(png).toColourspace('srgb').ensureAlpha().raw().toBuffer();
      const off = expected.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - rgba[at]!)),
        0,
      );
      assert.ok(off <= (name === '16 bits' ? 1 : 0), `off by ${off}`);
    });
  }

  const colorTypes = { grey: '00', RGB: '02' } as const;
  /** One row of two pixels of which the second is transparent by its color. */
  const clear = (type: keyof typeof colorTypes, bits: string, samples: string, color: string) =>
    Buffer.concat([
      PNG_SIGNATURE,
      ...chunk('IHDR', Buffer.from(`0000000200000001${bits}${colorTypes[type]}000000`, 'hex')),
      ...chunk('tRNS', Buffer.from(color, 'hex')),
      ...chunk('IDAT', deflateSync(Buffer.from(`00${samples}`, 'hex'))),
      ...chunk('IEND'),
    ]);
  const transparent: Record<string, [Buffer, number[]]> = {
    'grey of 1 bit': [clear('grey', '01', '40', '0001'), [0, 0, 0, 255, 255, 255, 255, 0]],
    'grey of 8 bits': [clear('grey', '08', '2030', '0030'), [32, 32, 32, 255, 48, 48, 48, 0]],
    RGB: [clear('RGB', '08', '010203040506', '000400050006'), [1, 2, 3, 255, 4, 5, 6, 0]],
    'RGB of 16 bits': [
      clear('RGB', '10', '040005000700040005000600', '040005000600'),
      [4, 5, 7, 255, 4, 5, 6, 0],
    ],
  };
  for (const [name, [png, expected]] of Object.entries(transparent)) {
    test(`a color that means transparent, ${name}`, async () => {
      const { channels, rgba } = await (await readPngPixels(png)).decode(loadCodec);
      assert.equal(channels, 4);
      assert.deepEqual([...rgba], expected);
    });
  }
});

suite('pictures for a page', () => {
  const shrink = (bytes: Uint8Array, widths: number[]) => toWebp(bytes, widths, loadCodec);

  /** The mean difference of the samples, of 255, from what the reference makes. */
  async function difference(webp: Uint8Array, reference: Sharp): Promise<number> {
    const [actual, expected] = await Promise.all(
      [sharp(webp), reference].map(image => image.ensureAlpha().raw().toBuffer()),
    );
    assert.equal(actual!.length, expected!.length);
    return (
      actual!.reduce((sum, value, at) => sum + Math.abs(value - expected![at]!), 0) / actual!.length
    );
  }

  test('each width as asked for, in its proportions, and like the original', async () => {
    const png = await photo(450, 250).blur(2).png().toBuffer();
    const pictures = await shrink(png, [150, 225, 450, 4000]);
    assert.deepEqual(
      pictures.map(({ width, height }) => [width, height]),
      [
        [150, 83],
        [225, 125],
        [450, 250],
        [450, 250],
      ],
    );
    for (const { webp, width, height } of pictures) {
      const { format, ...size } = await sharp(webp).metadata();
      assert.deepEqual([format, size.width, size.height], ['webp', width, height]);
      const wanted = sharp(png).resize(width, height, { fit: 'fill' });
      // No further from it than the reference's own WebP.
      assert.ok(
        (await difference(webp, wanted)) <
          1.1 * (await difference(await wanted.clone().webp({ quality: 80 }).toBuffer(), wanted)),
      );
    }
    assert.ok(pictures[0]!.webp.length < png.length / 10);
  });

  test('transparency stays', async () => {
    const png = await photo(400, 200, 4).png().toBuffer();
    const [picture] = await shrink(png, [200]);
    assert.equal((await sharp(picture!.webp).metadata()).hasAlpha, true);
    const [alpha, expected] = await Promise.all(
      [sharp(picture!.webp), sharp(png).resize(200, 100)].map(image =>
        image.extractChannel('alpha').raw().toBuffer(),
      ),
    );
    assert.ok(
      alpha!.reduce((sum, value, at) => sum + Math.abs(value - expected![at]!), 0) / alpha!.length <
        4,
    );
  });

  test('the label of AI-generated content, the profile and the EXIF stay; a turned picture is upright', async () => {
    const result = await photo(120, 80)
      .withXmp(xmp)
      .withIccProfile('p3')
      .withExif({ IFD0: { Copyright: 'me' } })
      .webp()
      .toBuffer();
    const { png } = await toPng(result, loadCodec); // as it lies in the folder
    const jpeg = withSegment(
      await photo(120, 80).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      0xe1,
      Buffer.from(`http://ns.adobe.com/xap/1.0/\0${xmp}`),
    );
    for (const [source, size] of [
      [png, [60, 40]],
      [jpeg, [60, 90]],
    ] as const) {
      const [picture] = await shrink(source, [60]);
      const metadata = await sharp(picture!.webp).metadata();
      assert.match(metadata.xmp?.toString() ?? '', /TC260:AIGC="\{&quot;Label&quot;:&quot;1&quot;/);
      assert.ok(metadata.icc);
      assert.ok(metadata.exif);
      assert.equal(metadata.orientation ?? 1, 1);
      assert.deepEqual([metadata.width, metadata.height], size);
    }
  });

  test('WebP is taken too; what is damaged, or no picture, is not', async () => {
    assert.equal((await shrink(await photo(50, 40).webp().toBuffer(), [20]))[0]!.height, 16);
    const png = await photo(50, 40).png().toBuffer();
    await assert.rejects(shrink(png.subarray(0, -20), [20]), { kind: 'pictureDamaged' });
    await assert.rejects(shrink(Buffer.from('text'), [20]), { kind: 'notAPicture' });
  });
});
