import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { Converter } from '../../../src/core/images/converter.ts';
import { JimengError } from '../../../src/core/service/failures/failures.ts';
import { built } from '../../built.ts';
import { photo } from '../convert/samples.ts';

suite('converter', () => {
  const options = { workerUrl: built.pngWorker, codecs: built.codecs };
  let converter: Converter;
  let folder: string;
  setup(async () => {
    converter = new Converter(options);
    folder = await mkdtemp(join(tmpdir(), 'converter-'));
  });
  teardown(async () => {
    await converter.dispose();
    await rm(folder, { recursive: true });
  });

  /** A worker of the test's own. */
  async function workerOf(source: string): Promise<URL> {
    const path = join(folder, 'worker.mjs');
    await writeFile(path, `import { parentPort, threadId } from 'node:worker_threads';\n${source}`);
    return pathToFileURL(path);
  }
  const small = new Uint8Array(1);
  /** The head of a WebP of 5120×2880. */
  const large = Buffer.from(
    'RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x13\0\x3f\x0b\0',
    'latin1',
  );
  const fails = (action: Promise<unknown>, kind: string) =>
    assert.rejects(
      action,
      (error: unknown) => error instanceof JimengError && error.failure.kind === kind,
    );

  test('converts more pictures than it has workers, large and tiny ones', async () => {
    const sizes = [
      [400, 300],
      [1, 1],
      [9, 7],
      [300, 400],
      [2, 2],
      [64, 64],
    ] as const;
    const sources = await Promise.all(
      sizes.map(([width, height], index) =>
        index % 2 ? photo(width, height).jpeg().toBuffer() : photo(width, height).webp().toBuffer(),
      ),
    );
    const pngs = await Promise.all(sources.map(source => converter.convert({ source })));
    for (const [index, { png, width, height }] of pngs.entries()) {
      assert.deepEqual([width, height], sizes[index]);
      const [actual, expected] = await Promise.all(
        [png, sources[index]].map(bytes => sharp(bytes).raw().toBuffer()),
      );
      assert.deepEqual(actual, expected);
    }
  });

  test('one worker converts one after the other of the same size, and none shows through in another', async () => {
    const sources = await Promise.all([
      photo(640, 480).webp().toBuffer(),
      photo(640, 480).negate().jpeg().toBuffer(),
      photo(640, 480, 4).webp().toBuffer(),
      photo(640, 480).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      photo(480, 640, 1).jpeg().toBuffer(),
      photo(640, 481).webp().toBuffer(),
      photo(640, 480).flip().webp().toBuffer(),
    ]);
    for (const [index, source] of sources.entries()) {
      const { png } = await converter.convert({ source });
      const [actual, expected] = await Promise.all(
        [sharp(png), sharp(source).rotate()].map(picture => picture.raw().toBuffer()),
      );
      assert.ok(expected && actual?.equals(expected), `${index}`);
    }
  });

  test('leaves the bytes it was given as they were, a part of a larger buffer too', async () => {
    const source = await photo(20, 10).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const larger = Buffer.concat([Buffer.from('before'), source, Buffer.from('after')]);
    const part = larger.subarray(6, 6 + source.length);
    const { width, height } = await converter.convert({ source: part });
    assert.deepEqual([width, height], [10, 20]);
    assert.deepEqual(part, source);
  });

  test('a failure is told, and the worker goes on', async () => {
    const source = await photo(50, 50).webp().toBuffer();
    await Promise.all([
      fails(converter.convert({ source: source.subarray(0, 300) }), 'pictureDamaged'),
      fails(converter.convert({ source: Buffer.from('<html>') }), 'notAPicture'),
    ]);
    assert.equal((await converter.convert({ source })).width, 50);
  });

  test('a codec that trapped is not used again', async () => {
    const jpeg = await photo(50, 50).jpeg().toBuffer();
    const trap = Buffer.from(jpeg);
    trap.fill(
      0xff,
      trap.indexOf(Buffer.from([0xff, 0xc4])) + 5,
      trap.indexOf(Buffer.from([0xff, 0xc4])) + 21,
    ); // no Huffman table
    await Promise.all(
      [1, 2, 3, 4].flatMap(async () => {
        await fails(converter.convert({ source: trap }), 'pictureDamaged');
        assert.equal((await converter.convert({ source: jpeg })).width, 50);
      }),
    );
  });

  test('a broken installation is not blamed on the picture', async () => {
    const source = await photo(5, 5).webp().toBuffer();
    for (const wrong of [
      { ...options, workerUrl: pathToFileURL(join(folder, 'none.js')) },
      { ...options, codecs: new URL('none/', built.codecs) },
    ]) {
      const broken = new Converter(wrong);
      await Promise.all([1, 2, 3].map(() => fails(broken.convert({ source }), 'unexpected')));
      await broken.dispose();
    }
    const leaving = new Converter({
      ...options,
      workerUrl: await workerOf('parentPort.once("message", () => process.exit());'),
    });
    await Promise.all([1, 2, 3].map(() => fails(leaving.convert({ source }), 'unexpected')));
    await leaving.dispose();
  });

  test('never more than two workers', async () => {
    const counting = new Converter({
      ...options,
      workerUrl: await workerOf(
        'parentPort.on("message", () => setTimeout(() => parentPort.postMessage({ width: threadId }), 5));',
      ),
    });
    const threads = await Promise.all(
      Array.from({ length: 9 }, async () => (await counting.convert({ source: small })).width),
    );
    assert.equal(new Set(threads).size, 2);
    await counting.dispose();
  });

  test('a large picture is converted alone, and in its turn', async () => {
    const timed = new Converter({
      ...options,
      workerUrl: await workerOf(`
      const now = () => performance.timeOrigin + performance.now();
      parentPort.on("message", () => { const began = now(); setTimeout(() => parentPort.postMessage({ width: began, height: now() }), 20); });`),
    });
    const spans = await Promise.all(
      [small, small, large, small, large, small, small].map(async source => {
        const { width: began, height: ended } = await timed.convert({ source });
        return { began, ended };
      }),
    );
    const overlap = (a: number, b: number) =>
      (spans[a]?.began ?? 0) < (spans[b]?.ended ?? 0) &&
      (spans[b]?.began ?? 0) < (spans[a]?.ended ?? 0);
    for (const other of [0, 1, 3, 4, 5, 6]) assert.ok(!overlap(2, other), `2 and ${other}`);
    for (const other of [0, 1, 2, 3, 5, 6]) assert.ok(!overlap(4, other), `4 and ${other}`);
    assert.ok((spans[3]?.began ?? 0) >= (spans[2]?.ended ?? 0));
    await timed.dispose();
  });

  test('one after the other, all are done by the worker that is warm', async () => {
    const counting = new Converter({
      ...options,
      workerUrl: await workerOf(
        'parentPort.on("message", () => parentPort.postMessage({ width: threadId }));',
      ),
    });
    await Promise.all([counting.convert({ source: small }), counting.convert({ source: small })]);
    const threads = [];
    for (let times = 0; times < 4; times++)
      threads.push((await counting.convert({ source: small })).width);
    assert.equal(new Set(threads).size, 1);
    await counting.dispose();
  });

  test('a large picture that is given up holds nobody up', async () => {
    const picky = new Converter({
      ...options,
      workerUrl: await workerOf(
        'parentPort.on("message", ({ source }) => { if (source.length === 2) { parentPort.postMessage({ width: 7 }); } });',
      ),
    });
    const [stop, reason] = [new AbortController(), new Error('enough')];
    const stuck = assert.rejects(picky.convert({ source: small }), /disposed of/);
    const waiting = assert.rejects(picky.convert({ source: large }, stop.signal), reason);
    const behind = picky.convert({ source: new Uint8Array(2) });
    stop.abort(reason);
    await waiting;
    assert.equal((await behind).width, 7);
    await picky.dispose();
    await stuck;
  });

  test('an abort is answered at once, for a picture that waits as for one under way', async () => {
    const stuck = new Converter({
      ...options,
      workerUrl: await workerOf('parentPort.on("message", () => {});'),
    });
    const [stop, reason] = [new AbortController(), new Error('enough')];
    const all = Array.from({ length: 4 }, () =>
      assert.rejects(stuck.convert({ source: small }, stop.signal), reason),
    );
    stop.abort(reason);
    await Promise.all(all);
    await assert.rejects(stuck.convert({ source: small }, stop.signal), reason);
    await stuck.dispose();
  });

  test('what is not done when it is disposed of is rejected', async () => {
    const stuck = new Converter({
      ...options,
      workerUrl: await workerOf('parentPort.on("message", () => {});'),
    });
    const all = Array.from({ length: 4 }, () =>
      assert.rejects(stuck.convert({ source: small }), /disposed of/),
    );
    await stuck.dispose();
    await Promise.all(all);
    stuck.prepare();
    await assert.rejects(
      stuck.convert({ source: small }),
      /disposed of/,
      'nothing is started again',
    );
  });

  test('does not keep the process alive', async () => {
    const script = `
      import { Converter } from ${JSON.stringify(new URL('../../../src/core/images/converter.ts', import.meta.url))};
      const converter = new Converter({ workerUrl: new URL(${JSON.stringify(built.pngWorker)}), codecs: new URL(${JSON.stringify(built.codecs)}) });
      const { width } = await converter.convert({ source: Buffer.from(${JSON.stringify((await photo(6, 5).webp().toBuffer()).toString('base64'))}, 'base64') });
      console.log(width);`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { timeout: 8_000 },
    );
    assert.equal(stdout.trim(), '6');
  });
});
