import assert from 'node:assert/strict';
import { openAsBlob } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename } from 'node:path';
import { NodeFolder } from '../../../src/core/output/node-folder.ts';
import { saveResults, type Pictures } from '../../../src/core/output/save-results.ts';
import { direct } from '../../../src/core/service/proxy.ts';
import type { Received, VideoLimits } from '../../../src/core/output/download-video.ts';
import { videos } from '../../../src/core/output/save-video.ts';
import { pictureServer, type PictureServer, type Served } from './picture-server.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';
import { mp4 } from './samples.ts';

const stem = 'jimeng_20260131_120000';
const limits: VideoLimits = {
  maxStalled: 3,
  maxAttempts: 20,
  pauseMs: 1,
  totalMs: 10_000,
  connectMs: 1_000,
  idleMs: 1_000,
  maxBytes: 10_000_000,
};

/** Serves ranges as a store of files does. @param upTo cuts the connection after so many bytes of the whole */
function serve(
  bytes: Buffer,
  { upTo = Infinity, etag = '"one"' }: { upTo?: number; etag?: string | null } = {},
): Served {
  return (response: ServerResponse, { headers }: IncomingMessage) => {
    const [, from] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
    const resumes =
      from !== undefined && (headers['if-range'] === undefined || headers['if-range'] === etag);
    const start = resumes ? Number(from) : 0;
    response.writeHead(resumes ? 206 : 200, {
      'content-length': bytes.length - start,
      ...(etag !== null && { etag }),
      ...(resumes && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    const part = bytes.subarray(start, Math.max(start, Math.min(upTo, bytes.length)));
    if (start + part.length === bytes.length) response.end(part);
    else response.write(part, () => setTimeout(() => response.destroy(), 5));
  };
}

suite('saving a video', () => {
  const video = mp4({ media: 400_000 });
  let folder: TemporaryFolder;
  let server: PictureServer;
  setup(async () => {
    folder = await temporaryFolder();
  });
  teardown(async () => {
    await server.close();
    await folder.remove();
  });

  async function save(
    script: Record<string, Served | Served[]>,
    result: { others?: string[] } = {},
    more: { signal?: AbortSignal; onBytes?: (bytes: Received) => void } = {},
  ): Promise<Pictures> {
    server = await pictureServer(script);
    return saveResults({
      taskId: 'task',
      results: [
        {
          url: `${server.url}/1`,
          ...(result.others && { others: result.others.map(path => `${server.url}${path}`) }),
        },
      ],
      already: [],
      folder: new NodeFolder(folder.uri),
      stamp: new Date(2026, 0, 31, 12, 0, 0),
      ...(more.signal && { signal: more.signal }),
      medium: videos({
        receivedFolder: folder.beside('received'),
        openReceived: openAsBlob,
        taskId: 'task',
        network: direct,
        limits,
        ...more,
      }),
      onChange: () => Promise.resolve(true),
    });
  }
  const told = ({ missing }: Pictures) =>
    missing.map(({ failure, keptAs }) => [failure.kind, keptAs && basename(keptAs)]);
  const ranges = () => server.requests.map(({ headers }) => headers.range);
  /** Nothing unfinished may lie about, in the folder or beside it. */
  const left = async () => [
    ...(await folder.names()),
    ...(await readdir(folder.beside('received')).catch(() => [])),
  ];
  const savedWhole = async (saved: Pictures) => {
    assert.deepEqual(saved.missing, []);
    assert.deepEqual(
      saved.files.map(({ index, width, height }) => [index, width, height]),
      [[0, 640, 360]],
    );
    assert.deepEqual(await left(), [`${stem}_1.mp4`]);
    assert.ok((await readFile(saved.files[0]!.path)).equals(video), 'byte for byte');
  };

  test('whole, as MP4, with its size in pixels', async () => {
    await savedWhole(await save({ '/1': serve(video) }));
    assert.deepEqual(ranges(), [undefined]);
  });

  test('cut off twice, it goes on where it was', async () => {
    await savedWhole(
      await save({
        '/1': [serve(video, { upTo: 100_000 }), serve(video, { upTo: 250_000 }), serve(video)],
      }),
    );
    const [first, second, third] = ranges();
    assert.equal(first, undefined);
    for (const range of [second, third]) assert.match(range ?? '', /^bytes=[1-9]\d*-$/);
    assert.ok(server.requests.slice(1).every(({ headers }) => headers['if-range'] === '"one"'));
  });

  test('another file behind the same link is never glued to the first part', async () => {
    const other = Buffer.from(video).fill(1, 200_000, 300_000);
    await savedWhole(
      await save({ '/1': [serve(other, { upTo: 250_000, etag: '"other"' }), serve(video)] }),
    );
  });

  test('without anything to tell that it is the same file it begins anew', async () => {
    await savedWhole(
      await save({
        '/1': [serve(video, { upTo: 250_000, etag: null }), serve(video, { etag: null })],
      }),
    );
    assert.deepEqual(ranges(), [undefined, undefined]);
  });

  test('a wrong range is not believed', async () => {
    const wrong: Served = response =>
      response
        .writeHead(206, { 'content-range': `bytes 5-${video.length - 1}/${video.length}` })
        .end(video.subarray(5));
    await savedWhole(await save({ '/1': [serve(video, { upTo: 100_000 }), wrong, serve(video)] }));
  });

  test('dead links: the next quality is taken', async () => {
    await savedWhole(
      await save({ '/1': 403, '/2': 404, '/3': serve(video) }, { others: ['/2', '/3'] }),
    );
  });

  test('all links dead: nothing is left but the reason', async () => {
    assert.deepEqual(told(await save({ '/1': 403, '/2': 403 }, { others: ['/2'] })), [
      ['linkExpired', undefined],
    ]);
    assert.deepEqual(await left(), []);
  });

  test('a server that always cuts at the same byte is given up', async () => {
    assert.deepEqual(told(await save({ '/1': serve(video, { upTo: 100_000 }) })), [
      ['downloadFailed', undefined],
    ]);
    assert.ok(
      server.requests.length <= 2 + limits.maxStalled,
      `${server.requests.length} requests`,
    );
    assert.deepEqual(await left(), []);
  });

  test('damaged twice: kept, but not as a video', async () => {
    assert.deepEqual(told(await save({ '/1': serve(video.subarray(0, 300_000)) })), [
      ['videoDamaged', `${stem}_1.damaged.mp4.bin`],
    ]);
    assert.equal(server.requests.length, 2);
    assert.deepEqual(await left(), [`${stem}_1.damaged.mp4.bin`]);
  });

  test('damaged once: the second one is saved', async () => {
    await savedWhole(await save({ '/1': [serve(video.subarray(0, 300_000)), serve(video)] }));
  });

  test('a page is no video, and a WebM is kept as one', async () => {
    assert.deepEqual(told(await save({ '/1': Buffer.from('<html>please log in</html>') })), [
      ['notAVideo', undefined],
    ]);
    await server.close();
    assert.deepEqual(
      told(await save({ '/1': Buffer.from('\x1a\x45\xdf\xa3 and so on', 'latin1') })),
      [['videoUnsupported', `jimeng_20260131_120000_1.webm`]],
    );
  });

  test('a redirect to a file, and one that is too large', async () => {
    assert.deepEqual(told(await save({ '/1': 'file:///etc/passwd' })), [
      ['addressRefused', undefined],
    ]);
    await server.close();
    assert.deepEqual(
      told(
        await save({
          '/1': response =>
            void response.writeHead(200, { 'content-length': 20_000_000 }).write(video),
        }),
      ),
      [['pictureTooLarge', undefined]],
    );
  });

  test('its progress is told in bytes, with the whole where it is known', async () => {
    const seen: Received[] = [];
    await save({ '/1': serve(video) }, {}, { onBytes: bytes => seen.push(bytes) });
    assert.deepEqual(seen.at(-1), { received: video.length, total: video.length });
    assert.ok(seen.every(({ received }, index) => received > (seen[index - 1]?.received ?? 0)));
  });

  test('ended while it loads, it leaves nothing', async () => {
    const stop = new AbortController();
    const reason = new Error('the window is closed');
    await assert.rejects(
      save(
        {
          '/1': response =>
            void response
              .writeHead(200, { 'content-length': video.length })
              .write(video.subarray(0, 90_000)),
        },
        {},
        { signal: stop.signal, onBytes: () => stop.abort(reason) },
      ),
      reason,
    );
    assert.deepEqual(
      (await left()).filter(name => !name.endsWith('.saving')),
      [],
    );
  });

  test('inline bytes that lie on the disk already are saved as they are', async () => {
    server = await pictureServer({});
    const file = folder.beside('inline');
    await writeFile(file, video);
    await savedWhole(
      await saveResults({
        taskId: 'task',
        results: [{ file }],
        already: [],
        folder: new NodeFolder(folder.uri),
        stamp: new Date(2026, 0, 31, 12, 0, 0),
        medium: videos({
          receivedFolder: folder.beside('received'),
          openReceived: openAsBlob,
          taskId: 'task',
          network: direct,
          limits,
        }),
        onChange: () => Promise.resolve(true),
      }),
    );
  });
});
