import assert from 'node:assert/strict';
import { createHash, randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { hashOf, piecesOf, type Input } from '../../../src/core/inputs/content.ts';
import { inspectInputs, loadInputs } from '../../../src/core/inputs/inputs.ts';
import { openFile } from '../../../src/core/inputs/open-file.ts';
import { check } from '../../../src/core/request/check.ts';
import { JimengClient } from '../../../src/core/service/client.ts';
import { JimengError } from '../../../src/core/service/failures/failures.ts';
import { direct } from '../../../src/core/service/proxy.ts';
import { partsOf } from '../../multipart.ts';
import { temporaryFolder, type TemporaryFolder } from '../output/temporary-folder.ts';
import { photo } from '../convert/samples.ts';
import { silentLog } from '../queue/samples.ts';

const isChanged = (error: unknown) =>
  error instanceof JimengError && error.failure.kind === 'inputChanged';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

suite('inputs', () => {
  let folder: TemporaryFolder;
  setup(async () => {
    folder = await temporaryFolder();
  });
  teardown(() => folder.remove());

  /** A picture of at least so many bytes: what follows the end of a JPEG belongs to nobody, and the end is looked for in the last 64 KiB. */
  async function pictureOf(name: string, bytes: number) {
    const path = folder.beside(name);
    const end = Buffer.from([0xff, 0xd9]);
    await writeFile(
      path,
      Buffer.concat([
        await photo(40, 30).jpeg().toBuffer(),
        randomFillSync(Buffer.alloc(bytes)),
        end,
      ]),
    );
    return { path, uri: pathToFileURL(path).href };
  }

  test('a JPEG that was cut off behind a whole thumbnail is damaged', async () => {
    const jpeg = await photo(400, 300).jpeg().toBuffer();
    const thumbnail = await photo(16, 12).jpeg().toBuffer();
    const head = Buffer.from([0xff, 0xe1, 0, 0]);
    head.writeUInt16BE(thumbnail.length + 2, 2);
    const whole = Buffer.concat([jpeg.subarray(0, 2), head, thumbnail, jpeg.subarray(2)]);
    const path = folder.beside('thumbnail.jpg');
    const { href: uri } = pathToFileURL(path);
    for (const [length, fits] of [
      [whole.length, true],
      [whole.length - 500, false],
      [thumbnail.length + 10, false],
    ] as const) {
      await writeFile(path, whole.subarray(0, length));
      const inspected = inspectInputs([{ uri }], openFile);
      if (fits) await inspected;
      else
        await assert.rejects(
          inspected,
          (error: unknown) => error instanceof JimengError && error.failure.kind === 'inputDamaged',
        );
    }
  });

  /** Other content of the same length, and the time of the old one. */
  async function changeQuietly(path: string): Promise<void> {
    const [content, { atime, mtime }] = [await readFile(path), await stat(path)];
    content[1_000]! ^= 1;
    await delay(20); // the clock of the disk ticks every few ms
    await writeFile(path, content);
    await utimes(path, atime, mtime);
  }

  test('they are hashed as they are inspected, in their order, and addresses are left alone', async () => {
    const [large, small] = [
      await pictureOf('large.jpg', 1_000_000),
      await pictureOf('small.jpg', 1),
    ];
    const images = [
      { uri: large.uri },
      { uri: 'https://example.com/a.png' },
      { uri: small.uri },
      { uri: large.uri },
    ];
    const inspected = await inspectInputs(images, openFile);
    assert.deepEqual(inspected.images, [
      { uri: large.uri, sha256: sha256(await readFile(large.path)) },
      images[1],
      { uri: small.uri, sha256: sha256(await readFile(small.path)) },
      { uri: large.uri, sha256: sha256(await readFile(large.path)) },
    ]);
  });

  test('one that is certainly the same is not hashed again to be sent; one that may have changed is', async () => {
    const bytes = new Uint8Array(await photo(40, 30).jpeg().toBuffer());
    const uri = 'file:///a.jpg';
    let read = 0;
    const opening = (version?: string) => (): Promise<Input> =>
      Promise.resolve(
        Object.assign(new Blob([bytes]), {
          ...(version !== undefined && { version }),
          pieces: async function* () {
            read++;
            yield await Promise.resolve(bytes);
          },
        }),
      );
    const { images } = await inspectInputs([{ uri }], opening('first'));
    assert.equal(read, 1);
    await loadInputs(images, opening('first'), direct);
    assert.equal(read, 1);
    await loadInputs(images, opening('second'), direct);
    assert.equal(read, 2);
    await loadInputs(images, opening(), direct);
    assert.equal(read, 3);
  });

  test('a file that was changed a moment ago may change again unnoticed, so nothing tells its state', async () => {
    const { uri, path } = await pictureOf('a.jpg', 1);
    assert.equal((await openFile(uri)).version, undefined);
    await utimes(path, 1_000, 1_000); // as a copy keeps the time of its original
    assert.equal((await openFile(uri)).version, undefined);
    assert.ok((await openFile(import.meta.url)).version);
  });

  test('a changed one is not sent, though its length and its time are the old ones', async () => {
    const { uri, path } = await pictureOf('a.jpg', 100_000);
    const { images } = await inspectInputs([{ uri }], openFile);
    await changeQuietly(path);
    await assert.rejects(loadInputs(images, openFile, direct), isChanged);
  });

  const changes: Record<string, (path: string) => Promise<void>> = {
    quietly: changeQuietly,
    'to be shorter': path => writeFile(path, 'short'),
    'to be longer': async path =>
      writeFile(path, Buffer.concat([await readFile(path), Buffer.alloc(9)])),
  };
  for (const [how, change] of Object.entries(changes)) {
    test(`one that is changed ${how} after it was opened cannot be read`, async () => {
      const { uri, path } = await pictureOf('a.jpg', 600_000);
      const input = await openFile(uri);
      await change(path);
      await assert.rejects(hashOf(input), isChanged);
    });

    test(`one that is changed ${how} while it is read has no end`, async () => {
      const { uri, path } = await pictureOf('a.jpg', 600_000);
      const input = await openFile(uri);
      let read = 0;
      await assert.rejects(async () => {
        for await (const piece of piecesOf(input)) {
          if (read === 0) await change(path);
          read += piece.length;
        }
      }, isChanged);
      assert.ok(read > 0 && read < input.size);
    });
  }

  suite('sent', () => {
    /** A service that reads as slowly as that, and knows what came, whole or not. */
    async function sending(
      work: (generate: (inputs: Input[]) => Promise<unknown>) => Promise<void>,
    ) {
      const arrived: { bytes: Buffer; contentType: string; whole: boolean }[] = [];
      const read = async (request: IncomingMessage) => {
        const chunks: Buffer[] = [];
        try {
          for await (const chunk of request as AsyncIterable<Buffer>) {
            chunks.push(chunk);
            await delay(1);
          }
        } catch {
          /* cut off */
        }
        if (request.method === 'POST')
          arrived.push({
            bytes: Buffer.concat(chunks),
            contentType: request.headers['content-type'] ?? '',
            whole: request.complete,
          });
      };
      const server = createServer(
        (request, response) =>
          void read(request).then(() => {
            response.end(
              JSON.stringify(
                request.method === 'GET'
                  ? { service: 'jimeng-api', endpoints: {} }
                  : { created: 1, data: [{ url: 'http://127.0.0.1/1' }] },
              ),
            );
          }),
      );
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const client = new JimengClient({
        address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        network: direct,
        log: silentLog,
      });
      try {
        const checked = check({ kind: 'image', prompt: 'p' }, 'cn', { unknownModels: 'refuse' });
        assert.ok(checked.ok);
        await work(inputs =>
          client.generate(checked, {
            async: false,
            inputs: {
              files: inputs.map((input, index) => ({
                uri: `file:///${index}.jpg`,
                name: `${index} "猫".jpg`,
                type: 'image/jpeg',
                input,
              })),
            },
          }),
        );
      } finally {
        await client.close();
        server.closeAllConnections();
        await new Promise(resolve => server.close(resolve));
      }
      return arrived;
    }

    test('byte for byte to a slow service, from disk and from memory', async () => {
      const files = await Promise.all(
        [3_000_001, 262_144, 1].map((bytes, index) => pictureOf(`${index}.jpg`, bytes)),
      );
      const remote = new Blob([new Uint8Array(await readFile(files[0]!.path))]);
      const [request] = await sending(async generate => {
        await generate([...(await Promise.all(files.map(({ uri }) => openFile(uri)))), remote]);
      });
      assert.ok(request?.whole);
      const parts = await partsOf({ ...request, method: 'POST', path: '', session: undefined });
      const wanted = await Promise.all(
        [...files, files[0]!].map(async ({ path }, index) => [
          'images',
          `${index} %22猫%22.jpg image/jpeg ${sha256(await readFile(path))}`,
        ]),
      );
      assert.deepEqual(
        parts.filter(([name]) => name === 'images'),
        wanted,
      );
      assert.deepEqual(
        parts.find(([name]) => name === 'prompt'),
        ['prompt', 'p'],
      );
    });

    test('one that is changed meanwhile: the request never has its end, and nothing was charged', async () => {
      const { uri, path } = await pictureOf('a.jpg', 3_000_000);
      const input = await openFile(uri);
      const { pieces } = input;
      assert.ok(pieces);
      input.pieces = async function* () {
        let first = true;
        for await (const piece of pieces()) {
          yield piece;
          if (first) await changeQuietly(path);
          first = false;
        }
      };
      const arrived = await sending(generate => assert.rejects(generate([input]), isChanged));
      assert.ok(arrived.every(({ whole }) => !whole));
    });
  });
});
