import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { openFile } from '../../../src/core/inputs/open-file.ts';
import { ByteStreamBuffer, readerOf } from '../../../src/core/images/bytes.ts';
import { checkPng } from '../../../src/core/images/check-png.ts';
import { describeSettings } from '../../../src/core/images/describe-settings.ts';
import { embed } from '../../../src/core/images/metadata.ts';
import { chunk, textChunk, XMP_KEYWORD } from '../../../src/core/images/png.ts';
import {
  readSettings,
  settingsIn,
  settingsOf,
  type PictureSettings,
} from '../../../src/core/images/settings.ts';
import { JimengError } from '../../../src/core/service/failures/failures.ts';
import type { Task } from '../../../src/core/queue/task.ts';
import { rounds } from '../../soak.ts';
import { chunksOf, photo, xmp } from '../convert/samples.ts';
import { settings as sample } from '../output/saver.ts';

/** A prompt that breaks whatever is not careful. */
const hardPrompt = `一只猫 🐈‍⬛ "quoted" 'single' \\ --> </script><script>alert(1)</script> <?xml ]]> %s \${x} \u00a0\u2028\u202e é\n第二行\t\u0000\u001b[31m\ud800 ${'长'.repeat(5_000)}`;
const hard: PictureSettings = {
  ...sample,
  request: {
    ...sample.request,
    prompt: hardPrompt,
    negativePrompt: '狗 --> 🐕',
    sampleStrength: 0.35,
    intelligentRatio: true,
    images: [
      { uri: 'https://example.com/b.png?x=1' },
      { name: '图 片.webp', sha256: 'ab'.repeat(32) },
    ],
  },
};
const bytesOf = (picture: Sharp) => picture.png().toBuffer();
const checked = (png: Uint8Array) => checkPng(new ByteStreamBuffer(png, png.length));
const read = (png: Uint8Array) => readSettings(readerOf(new Blob([new Uint8Array(png)])));
/** A PNG with chunks more, right behind its header or before its end. */
const withChunks = (png: Uint8Array, where: 'front' | 'end', ...chunks: Uint8Array[][]) => {
  const at = where === 'front' ? 33 : png.length - 12;
  return Buffer.concat([png.subarray(0, at), ...chunks.flat(), png.subarray(at)]);
};
const sourceIn = (png: Uint8Array) =>
  chunksOf(png, 'iTXt')
    .map(String)
    .filter(text => text.startsWith(XMP_KEYWORD))
    .map(text => /digitalsourcetype\/(\w+)/.exec(text)?.[1]);

suite('the picture knows how it was made', () => {
  let plain: Buffer;
  suiteSetup(async () => {
    plain = await bytesOf(photo(40, 30));
  });

  suite('what is written comes back, and the picture is the same', () => {
    const pictures: Record<string, () => Promise<Buffer>> = {
      RGB: () => bytesOf(photo(40, 30)),
      'RGB with alpha': () => bytesOf(photo(40, 30, 4)),
      grey: () => bytesOf(photo(40, 30, 1)),
      palette: () => photo(40, 30).png({ palette: true }).toBuffer(),
      '16 bits': () => bytesOf(photo(40, 30).toColourspace('rgb16')),
      interlaced: () => photo(40, 30).png({ progressive: true }).toBuffer(),
      'with a profile, EXIF and XMP': () =>
        bytesOf(photo(40, 30).withMetadata({ orientation: 6 }).withXmp(xmp)),
      'with bytes after its end': async () =>
        Buffer.concat([await bytesOf(photo(40, 30)), Buffer.from('more')]),
    };
    for (const [name, make] of Object.entries(pictures)) {
      test(name, async () => {
        const before = await make();
        const after = await embed(before, hard);
        assert.deepEqual(await read(after), hard);
        assert.deepEqual(await checked(after), await checked(before), 'every checksum is right');
        for (const type of ['IHDR', 'PLTE', 'tRNS', 'iCCP', 'eXIf', 'IDAT', 'IEND'])
          assert.deepEqual(chunksOf(after, type), chunksOf(before, type), type);
        assert.ok(
          (await sharp(after).raw().toBuffer()).equals(await sharp(before).raw().toBuffer()),
        );
        assert.deepEqual(await embed(before, hard), after, 'a second attempt writes the same');
      });
    }

    test('it is text in UTF-8, and no larger than what it says', async () => {
      const after = Buffer.from(await embed(plain, hard));
      assert.ok(after.includes('一只猫 🐈‍⬛'));
      assert.ok(after.length - plain.length < Buffer.byteLength(JSON.stringify(hard)) + 1_000);
    });

    test('words that nobody would write by hand are left out, not the mark', async () => {
      const after = await embed(plain, {
        ...sample,
        request: { ...sample.request, prompt: 'a'.repeat(1_100_000) },
      });
      assert.equal(await read(after), undefined);
      assert.deepEqual(sourceIn(after), ['trainedAlgorithmicMedia']);
      assert.ok(after.length < plain.length + 2_000);
    });
  });

  suite('another program reads it', () => {
    let folder: string;
    setup(async () => {
      folder = await mkdtemp(join(tmpdir(), 'jimeng-metadata-'));
    });
    teardown(() => rm(folder, { recursive: true }));

    /** What exiftool finds in a picture; a warning is an error here. */
    async function exiftool(png: Uint8Array): Promise<Record<string, string>> {
      const path = join(folder, 'picture.png');
      await writeFile(path, png);
      const { stdout } = await promisify(execFile)('exiftool', [
        '-j',
        '-n',
        '-G1',
        '-a',
        '-charset',
        'utf8',
        path,
      ]);
      const [found = {}] = JSON.parse(stdout) as Record<string, string>[];
      assert.equal(found['ExifTool:Warning'], undefined);
      return found;
    }

    test('exiftool: the settings and the mark', async () => {
      const readable = {
        ...hard,
        request: { ...hard.request, prompt: '一只猫 🐈 "quoted" --> </script>' },
      };
      const found = await exiftool(await embed(plain, readable));
      assert.deepEqual(JSON.parse(found['PNG:Jimeng'] ?? ''), readable);
      assert.equal(
        found['XMP-iptcExt:DigitalSourceType'],
        'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
      );
    });

    test('exiftool: the mark beside the label of the site', async () => {
      const found = await exiftool(await embed(await bytesOf(photo(20, 20).withXmp(xmp)), sample));
      assert.equal(
        found['XMP-iptcExt:DigitalSourceType'],
        'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
      );
      assert.match(found['XMP-TC260:Aigc'] ?? '', /即梦/);
    });

    test('what exiftool writes beside it takes nothing away', async () => {
      const path = join(folder, 'picture.png');
      await writeFile(path, await embed(plain, hard));
      await promisify(execFile)('exiftool', [
        '-q',
        '-overwrite_original',
        '-Title=mine',
        '-XMP-dc:Creator=me',
        path,
      ]);
      assert.deepEqual(await settingsIn(pathToFileURL(path).href, openFile), hard);
    });
  });

  suite('the mark of a picture that no camera took', () => {
    const marked = async (text: string, compressed = false) => {
      const content = compressed ? deflateSync(text) : Buffer.from(text);
      const before = withChunks(
        plain,
        'front',
        chunk(
          'iTXt',
          Buffer.from(`${XMP_KEYWORD}\0${compressed ? '\x01' : '\0'}\0\0\0`, 'latin1'),
          content,
        ),
      );
      const after = await embed(before, sample);
      await checked(after);
      return chunksOf(after, 'iTXt')
        .filter(data => data.toString('latin1').startsWith(XMP_KEYWORD))
        .map(data => data.subarray(XMP_KEYWORD.length + 5).toString());
    };
    const source = 'http://cv.iptc.org/newscodes/digitalsourcetype/';
    const iptc = 'xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"';
    const packet = (inside: string) =>
      `<?xpacket begin="\ufeff"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${inside}</r:RDF></x:xmpmeta>   <?xpacket end="w"?>`;

    test('a model made it; the demo made it by rules', async () => {
      assert.deepEqual(sourceIn(await embed(plain, sample)), ['trainedAlgorithmicMedia']);
      assert.deepEqual(sourceIn(await embed(plain, { ...sample, service: { demo: true } })), [
        'algorithmicMedia',
      ]);
    });

    for (const [name, compressed] of [
      ['plain', false],
      ['compressed', true],
    ] as const) {
      test(`${name} XMP that was there keeps every byte`, async () => {
        const was = packet(
          '<!-- </r:RDF> --><r:Description r:about="uuid:&quot;x&quot;&amp;" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>图 &lt;b&gt;<![CDATA[</r:RDF>]]></dc:title></r:Description>',
        );
        const [now = '', ...more] = await marked(was, compressed);
        assert.deepEqual(more, []);
        const added = /<rdf:Description xmlns[^>]*\/>/.exec(now)?.[0] ?? '';
        assert.ok(
          added.includes(`"${source}trainedAlgorithmicMedia"`) &&
            added.includes('rdf:about="uuid:&quot;x&quot;&amp;"'),
          now,
        );
        assert.equal(now.replace(added, ''), was);
        assert.ok(now.endsWith(`${added}</r:RDF></x:xmpmeta>   <?xpacket end="w"?>`));
      });
    }

    const kept: Record<string, string> = {
      'a source as an attribute': packet(
        `<r:Description r:about="" ${iptc} e:DigitalSourceType="${source}compositeWithTrainedAlgorithmicMedia"/>`,
      ),
      'a source as an element': packet(
        `<r:Description r:about="" ${iptc}><e:DigitalSourceType>${source}digitalArt</e:DigitalSourceType></r:Description>`,
      ),
      'XMP that is no XML': packet('<r:Description'),
      'XMP with an unknown entity': `<!DOCTYPE x [<!ENTITY a "${'b'.repeat(50)}">]>${packet('<r:Description r:about="">&a;</r:Description>')}`,
      'no XMP at all': 'hello',
    };
    for (const [name, was] of Object.entries(kept))
      test(`${name} stays as it is`, async () => {
        assert.deepEqual(await marked(was), [was]);
      });

    test('XMP behind the image data is found, and one that is too large is let alone', async () => {
      const behind = await embed(
        withChunks(plain, 'end', textChunk(XMP_KEYWORD, Buffer.from(packet('')))),
        sample,
      );
      assert.deepEqual(sourceIn(behind), ['trainedAlgorithmicMedia']);
      const bomb = withChunks(
        plain,
        'front',
        chunk(
          'iTXt',
          Buffer.from(`${XMP_KEYWORD}\0\x01\0\0\0`, 'latin1'),
          deflateSync(Buffer.alloc(100_000_000, ' ')),
        ),
      );
      const after = await embed(bomb, sample);
      assert.deepEqual(chunksOf(after, 'iTXt').slice(1), chunksOf(bomb, 'iTXt'));
      assert.deepEqual(await read(after), sample);
    });
  });

  suite('what a task has to tell', () => {
    const task: Task = {
      id: 'task-id',
      createdAt: 1_000,
      updatedAt: 9_000,
      sentAt: 5_000,
      mode: 'async',
      region: 'cn',
      state: { status: 'completed', files: [] },
      fingerprint: 'f1f1f1',
      request: {
        kind: 'image',
        prompt: 'a cat',
        negativePrompt: 'dogs',
        sampleStrength: 0.5,
        callbackUrl: 'https://me.example/hook?secret=1',
        target: { uri: 'file:///home/someone/site/hero.png', size: { width: 10, height: 10 } },
        images: [
          { uri: 'file:///home/someone/%E5%9B%BE.png', sha256: 'cd'.repeat(32) },
          { uri: 'https://user:password@example.com/b.png' },
        ],
      },
      model: 'jimeng-4.0',
      size: '2048×2048',
      service: { url: 'http://internal.example:5100', demo: false, kind: 'stock' },
      folder: 'file:///home/someone/project/pic',
    };

    test('the whole request, with the defaults of that day; nothing of the machine, the session or the service', () => {
      assert.deepEqual(settingsOf(task, '1.2.3', true), {
        format: 1,
        request: {
          kind: 'image',
          prompt: 'a cat',
          negativePrompt: 'dogs',
          model: 'jimeng-4.0',
          ratio: '1:1',
          resolution: '2k',
          sampleStrength: 0.5,
          images: [
            { name: '图.png', sha256: 'cd'.repeat(32) },
            { uri: 'https://example.com/b.png' },
          ],
        },
        service: { demo: false, kind: 'stock' },
        time: '1970-01-01T00:00:05.000Z',
        version: '1.2.3',
      });
    });

    test('a page of another machine, in a picture of an earlier version, is not read', async () => {
      const earlier = {
        ...sample,
        request: { ...sample.request, target: { uri: 'file:///home/someone/site/hero.png' } },
      };
      assert.deepEqual(await read(await embed(plain, earlier)), sample);
    });

    test('without the prompt, the negative one goes too', async () => {
      const { request } = settingsOf(task, '1.2.3', false);
      assert.ok(!('prompt' in request) && !('negativePrompt' in request));
      const after = await embed(plain, settingsOf(task, '1.2.3', false));
      assert.deepEqual((await read(after))?.request, request);
      assert.doesNotMatch(Buffer.from(after).toString('latin1'), /a cat|dogs/);
    });

    test('of a task that was begun elsewhere only what is known', () => {
      const { request, service } = settingsOf(
        {
          ...task,
          request: { kind: 'image', prompt: 'p' },
          model: '',
          size: '',
          state: { status: 'processing', serviceTaskId: 'x' },
          service: { url: '', demo: false },
        },
        '1.2.3',
        true,
      );
      assert.deepEqual(
        [request, service],
        [
          { kind: 'image', prompt: 'p' },
          { demo: false, kind: 'task' },
        ],
      );
    });
  });

  suite('a hostile picture', () => {
    const json = (value: unknown) => Buffer.from(JSON.stringify(value));
    const own = (text: Uint8Array, keyword = 'jimeng') => textChunk(keyword, text);
    const compressed = (type: 'iTXt' | 'zTXt', content: Uint8Array) =>
      chunk(
        type,
        Buffer.from(type === 'iTXt' ? 'jimeng\0\x01\0\0\0' : 'jimeng\0\0', 'latin1'),
        content,
      );
    const broken = (parts: Uint8Array[]) => [...parts.slice(0, -1), Buffer.from([1, 2, 3, 4])];
    const bomb = deflateSync(Buffer.alloc(100_000_000, 'a')); // a hundred KB, so that its size does not give it away
    const nothing: Record<string, () => Uint8Array> = {
      'no picture': () => Buffer.from('hello'),
      empty: () => Buffer.alloc(0),
      'no settings': () => plain,
      'a checksum that is wrong': () => withChunks(plain, 'front', broken(own(json(sample)))),
      'cut off in the middle of its settings': () =>
        withChunks(plain, 'front', own(json(hard))).subarray(0, 200),
      'a length beyond its end': () => {
        const png = Buffer.from(withChunks(plain, 'front', own(json(sample))));
        png.writeUInt32BE(0xffff_ffff, 33);
        return png;
      },
      'no JSON': () => withChunks(plain, 'front', own(Buffer.from('{'))),
      'bytes that are no UTF-8': () =>
        withChunks(plain, 'front', own(Buffer.from([0x22, 0xff, 0xfe, 0x22]))),
      'JSON of another shape': () =>
        withChunks(
          plain,
          'front',
          own(json({ ...sample, request: { kind: 'video', prompt: 'p' } })),
        ),
      'a later layout': () => withChunks(plain, 'front', own(json({ ...sample, format: 2 }))),
      'an input that is a path': () =>
        withChunks(
          plain,
          'front',
          own(
            json({
              ...sample,
              request: { ...sample.request, images: [{ name: '../../etc/passwd', sha256: '' }] },
            }),
          ),
        ),
      "an input that is a file's address": () =>
        withChunks(
          plain,
          'front',
          own(
            json({
              ...sample,
              request: { ...sample.request, images: [{ uri: 'file:///etc/passwd' }] },
            }),
          ),
        ),
      'a thousand inputs': () =>
        withChunks(
          plain,
          'front',
          own(
            json({
              ...sample,
              request: {
                ...sample.request,
                images: Array.from({ length: 1_000 }, () => ({ uri: 'https://example.com' })),
              },
            }),
          ),
        ),
      'text without its flags': () =>
        withChunks(plain, 'front', chunk('iTXt', Buffer.from('jimeng\0\0\0'))),
      'a huge text': () => withChunks(plain, 'front', own(Buffer.alloc(30_000_000, 'a'))),
      'a bomb in iTXt': () => withChunks(plain, 'front', compressed('iTXt', bomb)),
      'a bomb in zTXt': () => withChunks(plain, 'front', compressed('zTXt', bomb)),
      'a hundred bombs': () =>
        withChunks(plain, 'front', ...Array.from({ length: 100 }, () => compressed('zTXt', bomb))),
      'a million chunks': () =>
        withChunks(plain, 'front', [Buffer.alloc(12_000_000, '\0\0\0\0abCd\0\0\0\0', 'latin1')]),
    };
    for (const [name, make] of Object.entries(nothing))
      test(`${name}: there is nothing of ours`, async () => {
        assert.equal(await read(make()), undefined);
      });

    const found: Record<string, () => Uint8Array> = {
      'a broken one before the true one': () =>
        withChunks(plain, 'front', broken(own(json(hard))), own(json(sample))),
      'behind the image data': () => withChunks(plain, 'end', own(json(sample))),
      'compressed by another program': () =>
        withChunks(plain, 'front', compressed('iTXt', deflateSync(json(sample)))),
      'turned into zTXt': () =>
        withChunks(plain, 'front', compressed('zTXt', deflateSync(json(sample)))),
      'turned into tEXt': () =>
        withChunks(plain, 'front', chunk('tEXt', Buffer.from('jimeng\0'), json(sample))),
      'with more fields': () =>
        withChunks(
          plain,
          'front',
          own(
            Buffer.from(
              JSON.stringify(sample).replace('{', '{"__proto__":{"polluted":1},"more":[],'),
            ),
          ),
        ),
    };
    for (const [name, make] of Object.entries(found)) {
      test(`${name}: it is found`, async () => {
        assert.deepEqual(await read(make()), sample);
        assert.ok(!('polluted' in {}));
      });
    }

    test('of a file of 3 GB next to nothing is read', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'jimeng-metadata-'));
      try {
        const path = join(folder, 'huge.png');
        const head = Buffer.alloc(8);
        head.writeUInt32BE(0x7fff_ffff);
        head.write('IDAT', 4);
        await writeFile(path, Buffer.concat([plain.subarray(0, 33), head]));
        await truncate(path, 3_000_000_000);
        const file = await openFile(pathToFileURL(path).href);
        let bytes = 0;
        const slice = file.slice.bind(file);
        file.slice = (from = 0, to = file.size) => {
          bytes += Math.max(0, Math.min(to, file.size) - from);
          return slice(from, to);
        };
        assert.equal(await readSettings(readerOf(file)), undefined);
        assert.ok(bytes < 1_000, `${bytes} bytes`);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    test('whatever is changed in it, reading ends with settings or with nothing', async () => {
      const whole = await embed(plain, sample);
      await fc.assert(
        fc.asyncProperty(
          fc.nat(whole.length - 1),
          fc.uint8Array({ minLength: 1, maxLength: 12 }),
          fc.boolean(),
          async (at, bytes, mend) => {
            const changed = Buffer.from(whole);
            changed.set(bytes.subarray(0, whole.length - at), at);
            if (mend) {
              // the checksum of the first text is made right, so that what is behind it is reached
              const length = Math.min(changed.readUInt32BE(33), changed.length - 45);
              changed.writeUInt32BE(crc32(changed.subarray(37, 41 + length)), 41 + length);
            }
            const settings = await read(changed);
            if (settings) describeSettings(settings);
            await embed(changed, sample);
          },
        ),
        { numRuns: rounds(100, 500), seed: 20_261_125 },
      );
    });

    test('its words are shown as words, on lines of their own only at the end', () => {
      const text = describeSettings({
        ...hard,
        request: { ...hard.request, model: 'm\nService: forged', negativePrompt: 'a\r\nb' },
      });
      assert.ok(text.includes('Model: m Service: forged\n'));
      assert.ok(text.endsWith(`\nPrompt\n\n${hardPrompt}\n`));
    });
  });

  test('a file that is not there, and one without settings: a sentence each', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jimeng-metadata-'));
    try {
      await writeFile(join(folder, '无.png'), plain);
      const kindOf = (name: string) =>
        settingsIn(pathToFileURL(join(folder, name)).href, openFile).then(
          () => undefined,
          (error: unknown) =>
            error instanceof JimengError && [error.failure.kind, error.failure.detail],
        );
      assert.deepEqual(await kindOf('none.png'), ['inputMissing', 'none.png']);
      assert.deepEqual(await kindOf('无.png'), ['noSettings', '无.png']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
