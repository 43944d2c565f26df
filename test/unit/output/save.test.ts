import assert from 'node:assert/strict';
import { openAsBlob } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import sharp from 'sharp';
import type { Folder, Saving } from '../../../src/core/output/folder.ts';
import { embed } from '../../../src/core/images/metadata.ts';
import { NodeFolder } from '../../../src/core/output/node-folder.ts';
import { pictures } from '../../../src/core/output/save-picture.ts';
import {
  saveResults,
  type Pictures,
  type SaveOptions,
} from '../../../src/core/output/save-results.ts';
import { direct } from '../../../src/core/service/proxy.ts';
import type { ResultItem } from '../../../src/core/queue/task.ts';
import { chunksOf, photo, xmp } from '../convert/samples.ts';
import { cutOff, pictureServer, type PictureServer, type Served } from './picture-server.ts';
import { newConverter, settings } from './saver.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

const stem = 'jimeng_20260131_120000';

suite('saving the pictures of a result', () => {
  const converter = newConverter();
  let folder: TemporaryFolder;
  let server: PictureServer;
  let webp: Buffer;
  let jpeg: Buffer;
  let png: Buffer;
  suiteSetup(async () => {
    [webp, jpeg, png] = await Promise.all([
      photo(60, 40).withXmp(xmp).webp().toBuffer(),
      photo(40, 60).jpeg().toBuffer(),
      photo(30, 30, 4).png().toBuffer(),
    ]);
  });
  suiteTeardown(() => converter.dispose());
  setup(async () => {
    folder = await temporaryFolder();
  });
  teardown(async () => {
    await server.close();
    await folder.remove();
  });

  /** Serves each as a picture of the result and saves them; what was recorded on the way is checked to add up. */
  async function save(
    served: (Served | Served[])[],
    options: Partial<SaveOptions> = {},
  ): Promise<Pictures> {
    server = await pictureServer(
      Object.fromEntries(served.map((answers, index) => [`/${index}.png`, answers])),
    );
    const steps: Pictures[] = [];
    const { onChange, ...others } = options;
    const saved = await saveResults({
      taskId: 'task',
      results: served.map((_, index) => ({ url: `${server.url}/${index}.png` })),
      already: [],
      folder: new NodeFolder(folder.uri),
      stamp: new Date(2026, 0, 31, 12, 0, 0),
      medium: pictures({
        converter,
        network: direct,
        settings,
        openReceived: openAsBlob,
        ...(options.signal && { signal: options.signal }),
      }),
      onChange: async soFar => {
        steps.push(structuredClone(soFar));
        return (await onChange?.(soFar)) ?? true;
      },
      ...others,
    });
    const counts = steps.map(({ files, missing }) => files.length + missing.length);
    assert.deepEqual(
      counts,
      [...new Set(counts)].sort((a, b) => a - b),
      'each step adds something',
    );
    if (steps.length > 0) assert.deepEqual(steps.at(-1), saved);
    return saved;
  }
  const names = ({ files }: Pictures) => files.map(({ path }) => basename(path));
  const told = ({ missing }: Pictures) =>
    missing.map(({ index, failure, keptAs }) => [index, failure.kind, keptAs && basename(keptAs)]);

  test('WebP, JPEG and PNG become PNG whatever their links say', async () => {
    const saved = await save([webp, jpeg, png]);
    assert.deepEqual(saved.missing, []);
    assert.deepEqual(
      saved.files.map(({ index, width, height }) => [index, width, height]),
      [
        [0, 60, 40],
        [1, 40, 60],
        [2, 30, 30],
      ],
    );
    assert.deepEqual(names(saved), [`${stem}_1.png`, `${stem}_2.png`, `${stem}_3.png`]);
    assert.deepEqual(await folder.names(), names(saved));
    assert.deepEqual(await readFile(saved.files[2]!.path), Buffer.from(await embed(png, settings)));
    const first = await readFile(saved.files[0]!.path);
    assert.ok((await sharp(first).raw().toBuffer()).equals(await sharp(webp).raw().toBuffer()));
    assert.match(chunksOf(first, 'iTXt').join(), /TC260:AIGC/);
  });

  test('those of a usual result are loaded all at once', async () => {
    const waiting: (() => void)[] = [];
    const together: Served = response => {
      waiting.push(() => response.end(png));
      if (waiting.length === 4) for (const go of waiting) go();
    };
    assert.equal((await save([together, together, together, together])).files.length, 4);
  });

  test('of many, four are loaded at once', async () => {
    let [now, most] = [0, 0];
    const slowly: Served = response => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        response.end(png);
      }, 20);
    };
    const saved = await save(Array.from({ length: 13 }, () => slowly));
    assert.deepEqual(
      saved.files.map(({ index }) => index),
      Array.from({ length: 13 }, (_, index) => index),
    );
    assert.equal(most, 4);
  });

  test('one bad picture does not lose the others', async () => {
    const animated = await sharp([png, await photo(30, 30, 4).negate().png().toBuffer()], {
      join: { animated: true },
    })
      .webp()
      .toBuffer();
    const cmyk = await photo(20, 20).toColourspace('cmyk').jpeg().toBuffer();
    const saved = await save([
      webp,
      404,
      Buffer.from('<html>login</html>'),
      webp.subarray(0, 200),
      jpeg.subarray(0, -2),
      png.subarray(0, -20),
      animated,
      cmyk,
      'file:///etc/passwd',
      png,
    ]);
    assert.deepEqual(names(saved), [`${stem}_1.png`, `${stem}_10.png`]);
    assert.deepEqual(told(saved), [
      [1, 'linkExpired', undefined],
      [2, 'notAPicture', undefined],
      [3, 'pictureDamaged', `${stem}_4.webp`],
      [4, 'pictureDamaged', `${stem}_5.jpg`],
      [5, 'pictureDamaged', `${stem}_6.damaged.png.bin`],
      [6, 'pictureUnsupported', `${stem}_7.webp`],
      [7, 'pictureUnsupported', `${stem}_8.jpg`],
      [8, 'addressRefused', undefined],
    ]);
    assert.deepEqual(await readFile(saved.missing[2]!.keptAs!), webp.subarray(0, 200));
    assert.deepEqual(
      await folder.names(),
      [
        ...names(saved),
        ...saved.missing.flatMap(({ keptAs }) => (keptAs ? basename(keptAs) : [])),
      ].sort(),
    );
  });

  test('a picture over the limit of pixels is reported and not kept', async () => {
    const huge = Buffer.from(jpeg);
    huge.writeUInt32BE(0xffff_ffff, huge.indexOf(Buffer.from([0xff, 0xc0])) + 5);
    assert.deepEqual(told(await save([huge])), [[0, 'pictureTooLarge', undefined]]);
    assert.deepEqual(await folder.names(), []);
  });

  suite('a picture that is received damaged is loaded again', () => {
    const cases: Record<string, [served: () => Served[], outcome: string]> = {
      'and is whole then': [() => [webp.subarray(0, 300), webp], 'saved'],
      'over a connection that breaks off, and comes in the end': [
        () => [webp.subarray(0, 300), cutOff(webp), 500, webp],
        'saved',
      ],
      'as a PNG that breaks off, and comes in the end': [
        () => [png.subarray(0, 300), cutOff(png), png],
        'saved',
      ],
      'and is damaged again': [() => [webp.subarray(0, 300), webp.subarray(0, 250)], '250'],
      'and the link is dead by then': [() => [webp.subarray(0, 300), 404], '300'],
      'and something else comes instead': [
        () => [webp.subarray(0, 300), Buffer.from('<html>')],
        '300',
      ],
    };
    for (const [name, [served, outcome]] of Object.entries(cases)) {
      test(name, async () => {
        const saved = await save([served()]);
        if (outcome === 'saved') {
          assert.deepEqual(names(saved), [`${stem}_1.png`]);
        } else {
          assert.deepEqual(told(saved), [[0, 'pictureDamaged', `${stem}_1.webp`]]);
          assert.equal((await readFile(saved.missing[0]!.keptAs!)).length, Number(outcome));
        }
      });
    }
  });

  test('results that came inline lie in files of ours, which stay as they are', async () => {
    const results: ResultItem[] = await Promise.all(
      [webp, webp.subarray(0, 300), Buffer.from('no picture')].map(async (bytes, index) => {
        await writeFile(folder.beside(`${index}`), bytes);
        return { file: folder.beside(`${index}`) };
      }),
    );
    const saved = await save([], { results: [...results, { file: folder.beside('none') }] });
    assert.deepEqual(names(saved), [`${stem}_1.png`]);
    assert.deepEqual(told(saved), [
      [1, 'pictureDamaged', `${stem}_2.webp`],
      [2, 'notAPicture', undefined],
      [3, 'downloadFailed', undefined],
    ]);
    assert.deepEqual(await readFile(saved.missing[0]!.keptAs!), webp.subarray(0, 300));
    assert.deepEqual(await readFile(folder.beside('0')), webp);
  });

  test('what the ledger knows is not loaded again', async () => {
    const already = [{ index: 1, path: '/elsewhere/2.png', width: 1, height: 1 }];
    const saved = await save([png, 500, png], { already });
    assert.deepEqual(
      saved.files.map(({ index, path }) => [index, basename(path)]),
      [
        [0, `${stem}_1.png`],
        [1, '2.png'],
        [2, `${stem}_3.png`],
      ],
    );
    assert.equal(server.count('/1.png'), 0);
  });

  test('many results that fail at once are recorded together, not each with all the others anew', async () => {
    let writes = 0;
    let loads = 0;
    const loaded = Promise.withResolvers<unknown>();
    const saved = await save([], {
      results: Array.from({ length: 64 }, (_, index) => ({ url: `http://127.0.0.1:9/${index}` })),
      medium: {
        extension: 'png',
        sizeOf: () => Promise.resolve(undefined),
        load: (_result, _index, keep) => {
          if (++loads === 64) loaded.resolve(undefined);
          return keep({ failure: { kind: 'linkExpired' } });
        },
      },
      onChange: async () => {
        writes++;
        await loaded.promise; // as on a slow disk
        return true;
      },
    });
    assert.equal(saved.missing.length, 64);
    assert.ok(writes <= 3, `${writes} writes`);
  });

  test('an abort ends it with its reason, and a later saving goes on', async () => {
    const [stop, reason] = [new AbortController(), new Error('enough')];
    const recorded: Pictures[] = [];
    const first = save([png, () => stop.abort(reason)], {
      signal: stop.signal,
      onChange: soFar => Promise.resolve(recorded.push(soFar) > 0),
    });
    await assert.rejects(first, reason);
    await server.close();
    const saved = await save([png, png], {
      already: recorded.at(-1)?.files ?? [],
      stamp: new Date(),
    });
    assert.deepEqual(names(saved), [`${stem}_1.png`, `${stem}_2.png`]);
    assert.deepEqual(await folder.names(), names(saved));
  });

  test('a ledger that cannot be written ends it', () =>
    assert.rejects(
      save([png, png], { onChange: () => Promise.reject(new Error('no ledger')) }),
      /no ledger/,
    ));

  suite(
    'an error of the folder is told with each picture, and the links are with the caller',
    () => {
      const failing = (code: string) => () =>
        Promise.reject(Object.assign(new Error('the system says no'), { code }));
      const saving: Saving = {
        find: () => Promise.resolve(undefined),
        write: (index, extension) => Promise.resolve(`/pic/${index}.${extension}`),
        end: () => Promise.resolve(),
      };
      const folderWith = (part: Partial<Saving>): Folder => ({
        begin: () => Promise.resolve({ ...saving, ...part }),
      });
      const cases: Record<string, [folder: Folder, kind: string | undefined]> = {
        'it cannot be made': [{ begin: failing('EACCES') }, 'folderNotWritable'],
        'it cannot be read': [folderWith({ find: failing('EIO') }), 'folderNotWritable'],
        'it cannot be written': [folderWith({ write: failing('EROFS') }), 'folderNotWritable'],
        'the disk is full': [folderWith({ write: failing('ENOSPC') }), 'diskFull'],
        'the quota is used up': [{ begin: failing('EDQUOT') }, 'diskFull'],
        'only the traces cannot be removed': [folderWith({ end: failing('EPERM') }), undefined],
      };
      for (const [name, [where, kind]] of Object.entries(cases)) {
        test(name, async () => {
          const saved = await save([png, webp, jpeg.subarray(0, 300)], { folder: where });
          const expected = kind
            ? [0, 1, 2].map(index => [index, kind, undefined])
            : [[2, 'pictureDamaged', '2.jpg']];
          assert.deepEqual(told(saved), expected);
        });
      }
    },
  );

  test('details are short and hold no link', async () => {
    const saved = await save([502, 403, webp.subarray(0, 200)]);
    for (const { failure } of saved.missing) {
      assert.ok((failure.detail?.length ?? 0) < 60);
      assert.doesNotMatch(failure.detail ?? '', /127\.0\.0\.1|http:|[\u0000-\u001f]/);
    }
  });
});
