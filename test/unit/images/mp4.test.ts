import assert from 'node:assert/strict';
import { readMp4, videoFormatOf } from '../../../src/core/images/mp4.ts';
import { mp4, type Mp4Options } from '../output/samples.ts';

suite('the boxes of a video', () => {
  const read = (bytes: Uint8Array) => readMp4(new Blob([new Uint8Array(bytes)]));

  for (const [what, options, expected] of [
    ['the index first', {}, { width: 640, height: 360 }],
    ['the index last', { indexLast: true }, { width: 640, height: 360 }],
    ['long times', { version: 1 }, { width: 640, height: 360 }],
    ['turned by a quarter', { turned: true }, { width: 360, height: 640 }],
  ] as [string, Mp4Options, object][])
    test(`its size in pixels: ${what}`, async () =>
      assert.deepEqual(await read(mp4(options)), expected));

  test('cut off at any byte it is no video', async () => {
    for (const options of [{}, { indexLast: true }]) {
      const whole = mp4({ ...options, media: 40 });
      for (let length = 0; length < whole.length; length++)
        assert.equal(
          await read(whole.subarray(0, length)),
          undefined,
          `${length} of ${whole.length}`,
        );
    }
  });

  test('a box that claims to be larger than the file, or smaller than itself, ends it', async () => {
    const bytes = mp4();
    for (const size of [0xffff_ffff, 2, 7]) {
      const broken = Buffer.from(bytes);
      broken.writeUInt32BE(size, 0);
      assert.equal(await read(broken), undefined);
    }
  });

  test('a last box may reach to the end without saying how far', async () => {
    const bytes = mp4();
    bytes.writeUInt32BE(0, bytes.lastIndexOf('mdat') - 4);
    assert.deepEqual(await read(bytes), { width: 640, height: 360 });
  });

  test('formats are told by their bytes', () => {
    assert.equal(videoFormatOf(mp4()), 'mp4');
    assert.equal(videoFormatOf(mp4({ brand: 'mp42' })), 'mp4');
    assert.equal(videoFormatOf(mp4({ brand: 'qt  ' })), 'mov');
    assert.equal(videoFormatOf(mp4({ brand: 'heic' })), undefined);
    assert.equal(videoFormatOf(Buffer.from('\x1a\x45\xdf\xa3', 'latin1')), 'webm');
    assert.equal(videoFormatOf(Buffer.from('<html>')), undefined);
    assert.equal(videoFormatOf(new Uint8Array()), undefined);
  });
});
