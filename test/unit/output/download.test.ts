import assert from 'node:assert/strict';
import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';
import { mock } from 'node:test';
import { download, type Limits } from '../../../src/core/output/download.ts';
import { DownloadRequest } from '../../../src/core/output/redirects.ts';
import { JimengError } from '../../../src/core/service/failures/failures.ts';
import { direct } from '../../../src/core/service/proxy.ts';
import { proxyServer, type ProxyOptions, type ProxyServer } from '../../proxy.ts';
import { cutOff, pictureServer, type PictureServer, type Served } from './picture-server.ts';

const bytes = Buffer.from('as good as a picture');
const limits: Limits = {
  maxAttempts: 3,
  pauseMs: 1,
  totalMs: 20_000,
  body: { minMs: 20_000, bytesPerSecond: 1 },
  connectMs: 5_000,
  idleMs: 5_000,
  maxBytes: 1_000,
};

suite('download', () => {
  let server: PictureServer | undefined;
  teardown(async () => {
    mock.restoreAll();
    await server?.close();
  });

  /** Serves, loads `/` and returns what came. */
  async function load(
    served: Served | Served[],
    more: {
      script?: Record<string, Served | Served[]>;
      limits?: Partial<Limits>;
      signal?: AbortSignal;
    } = {},
  ): Promise<Buffer> {
    server = await pictureServer({ '/': served, ...more.script });
    return Buffer.from(
      await download(`${server.url}/`, direct, {
        signal: more.signal,
        limits: { ...limits, ...more.limits },
      }),
    );
  }
  const fails = (action: Promise<unknown>, kind: string, detail?: string) =>
    assert.rejects(action, (error: unknown) => {
      assert.ok(error instanceof JimengError, String(error));
      assert.deepEqual(error.failure, { kind, ...(detail !== undefined && { detail }) });
      return true;
    });

  for (const [name, first] of Object.entries<Served>({
    'HTTP 500': 500,
    'HTTP 503': 503,
    'HTTP 429': 429,
    'HTTP 408': 408,
    'a body that is cut off': cutOff(bytes),
    'a chunked body that is cut off': response => {
      response.writeHead(200);
      response.write(bytes, () => response.destroy());
    },
    'a lost connection': response => response.destroy(),
    'no HTTP': response => response.socket?.end('what?\r\n\r\n'),
  })) {
    test(`${name} is tried again`, async () => {
      assert.deepEqual(await load([first, first, bytes]), bytes);
      assert.equal(server?.count('/'), 3);
    });
  }

  test('gives up after the third attempt', async () => {
    await fails(load(502), 'downloadFailed', 'HTTP 502');
    assert.equal(server?.count('/'), 3);
  });

  test('a length that is too small for the body: what was declared is taken, and its end is missed by the decoder', async () => {
    const served: Served = response =>
      response.socket?.end(
        `HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n${bytes.toString()}`,
      );
    assert.deepEqual(await load(served), bytes.subarray(0, 5));
  });

  for (const [status, kind] of [
    [401, 'linkExpired'],
    [403, 'linkExpired'],
    [404, 'linkExpired'],
    [410, 'linkExpired'],
    [400, 'downloadFailed'],
    [204, 'downloadFailed'],
  ] as const) {
    test(`HTTP ${status} is final`, async () => {
      await fails(load(status), kind, `HTTP ${status}`);
      assert.equal(server?.count('/'), 1);
    });
  }

  test('a body over the limit is not loaded to its end, whether its length is told or not', async () => {
    await fails(load(Buffer.alloc(1_001)), 'pictureTooLarge');
    await server?.close();
    await fails(
      load(function endless(response) {
        while (response.write(Buffer.alloc(400))) {
          /* as fast as it can */
        }
      }),
      'pictureTooLarge',
    );
  });

  test('a body that stalls, and one that never ends', async () => {
    const still: Served = response =>
      void response.writeHead(200, { 'content-length': 500 }).write('x');
    await fails(load(still, { limits: { idleMs: 50 } }), 'downloadFailed', 'UND_ERR_BODY_TIMEOUT');
    assert.equal(server?.count('/'), 3);
    await server.close();
    const drips: Served = response => {
      const drip = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(drip));
    };
    await fails(load(drips, { limits: { totalMs: 100 } }), 'downloadFailed', 'ETIMEDOUT');
  });

  test('a body that drips has as long as its length needs, and no more', async () => {
    const drips =
      (length: number): Served =>
      response => {
        response.writeHead(200, { 'content-length': length });
        let left = length;
        const drip = setInterval(() => {
          response.write('x');
          if (--left === 0) {
            clearInterval(drip);
            response.end();
          }
        }, 10);
        response.on('close', () => clearInterval(drip));
      };
    await fails(
      load(drips(1_000), { limits: { body: { minMs: 100, bytesPerSecond: 10_000 } } }),
      'downloadFailed',
      'ETIMEDOUT',
    );
    assert.equal(server?.count('/'), 1, 'another attempt would drip as long');
    await server.close();
    assert.equal(
      (await load(drips(20), { limits: { body: { minMs: 100, bytesPerSecond: 1 } } })).length,
      20,
    );
  });

  test('the total limit holds between attempts too', () =>
    fails(load(500, { limits: { pauseMs: 60_000, totalMs: 50 } }), 'downloadFailed', 'ETIMEDOUT'));

  test('nobody there, and no such host', async () => {
    const { url, close } = await pictureServer({});
    await close();
    await fails(download(url, direct, { limits }), 'downloadFailed', 'ECONNREFUSED');
  });

  for (const [when, served] of Object.entries<(stop: () => void) => Served>({
    'while it loads': stop => () => stop(),
    'while it pauses': stop => response => response.writeHead(500).end(() => setImmediate(stop)),
  })) {
    test(`an abort ${when} ends it with its reason`, async () => {
      const [stop, reason] = [new AbortController(), new Error('enough')];
      await assert.rejects(
        load(
          served(() => stop.abort(reason)),
          { signal: stop.signal, limits: { pauseMs: 60_000 } },
        ),
        reason,
      );
    });
  }

  test('an abort before it begins', async () => {
    const reason = new Error('enough');
    await assert.rejects(load(bytes, { signal: AbortSignal.abort(reason) }), reason);
    assert.equal(server?.requests.length, 0);
  });

  test('follows redirects by hand, relative ones too, at most 5', async () => {
    const chain = { '/1': '/2', '/2': 'three', '/three': '/4', '/4': '/5', '/5': bytes };
    assert.deepEqual(await load('/1', { script: { ...chain, '/4': bytes } }), bytes);
    await server?.close();
    await fails(
      load('/1', { script: { ...chain, '/5': '/6', '/6': bytes } }),
      'downloadFailed',
      'ERR_TOO_MANY_REDIRECTS',
    );
    await server?.close();
    await fails(load('/'), 'downloadFailed', 'ERR_TOO_MANY_REDIRECTS');
    assert.equal(server?.count('/'), 6, 'no second attempt');
  });

  for (const location of [
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'ftp://127.0.0.1/',
    'javascript:0',
    'http://',
  ])
    test(`does not go to ${location}`, () => fails(load(location), 'addressRefused'));

  test('nor begins there', async () => {
    await fails(download('file:///etc/passwd', direct, { limits }), 'addressRefused');
    await fails(download('no URL', direct, { limits }), 'addressRefused');
  });

  test('sends no credential and takes none along', async () => {
    server = await pictureServer({
      '/': [
        response =>
          response
            .writeHead(302, {
              location: `http://me:word@localhost:${server?.port}/2`,
              'set-cookie': 'a=b',
            })
            .end(),
      ],
      '/2': bytes,
    });
    await download(`http://you:secret@127.0.0.1:${server.port}/`, direct, { limits });
    for (const { headers } of server.requests)
      assert.deepEqual(Object.keys(headers).sort(), ['accept', 'connection', 'host']);
    assert.equal(server.requests.length, 2);
  });

  suite('from a public address', () => {
    const get = (url: string, fromPublic: boolean) => {
      const request = new DownloadRequest(new URL(url), fromPublic, limits, direct);
      const read = async () => {
        const answer = await request.get(new AbortController().signal, {});
        return 'location' in answer ? answer : answer.body.bytes();
      };
      return read().finally(() => request.close());
    };
    for (const host of [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '2130706433',
      '0x7f.1',
      '10.0.0.1',
      '169.254.169.254',
    ]) {
      test(`never to ${host}`, async () => {
        server = await pictureServer({ '/': bytes });
        await fails(get(`http://${host}:${server.port}/`, true), 'addressRefused');
        assert.equal(server.requests.length, 0);
      });
    }
    test('from a private one it may', async () => {
      server = await pictureServer({ '/': bytes });
      assert.deepEqual(await get(`http://localhost:${server.port}/`, false), new Uint8Array(bytes));
    });
    test('a redirect from a public address is remembered over all further ones', async () => {
      server = await pictureServer({ '/': bytes });
      const { port } = server;
      const get = mock.method(DownloadRequest.prototype, 'get', function (this: DownloadRequest) {
        this.isPublic = true;
        get.mock.restore(); // as if a public address had answered; the next one is asked really
        return Promise.resolve({ location: `http://127.0.0.1:${port}/` });
      });
      await fails(download('http://example.com/', direct, { limits }), 'addressRefused');
      assert.equal(server.requests.length, 0);
    });
  });

  suite('through a proxy', () => {
    let proxy: ProxyServer;
    /** The names that were looked up here. */
    let lookedUp: string[];
    setup(() => {
      lookedUp = [];
      // Names that this machine knows; others only the proxy does.
      const known: Record<string, string> = {
        'private.test': '10.0.0.9',
        'public.test': '93.184.216.34',
      };
      mock.method(dns, 'lookup', (host: string) => {
        lookedUp.push(host);
        const address = known[host];
        return address === undefined
          ? Promise.reject(Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' }))
          : Promise.resolve([{ address, family: 4 }]);
      });
      syncBuiltinESMExports();
    });
    teardown(async () => {
      mock.restoreAll();
      syncBuiltinESMExports();
      await proxy.close();
    });
    /** Serves, and loads `/` of a host through a proxy. */
    async function loadFrom(
      host: string,
      script: Record<string, Served | Served[]>,
      options: ProxyOptions = {},
    ): Promise<Buffer> {
      proxy = await proxyServer(options);
      server = await pictureServer(script);
      const login = options.login === undefined ? '' : 'me:word@';
      const http = proxy.url.replace('//', `//${login}`);
      return Buffer.from(
        await download(`http://${host}:${server.port}/`, () => ({ proxy: { http } }), { limits }),
      );
    }
    const to =
      (host: string): Served =>
      response =>
        response.writeHead(302, { location: `http://${host}:${server?.port}/2` }).end();

    test("a picture, without a look at names, and nothing of the proxy's login is received", async () => {
      assert.deepEqual(await loadFrom('unknown.test', { '/': bytes }, { login: 'me:word' }), bytes);
      assert.deepEqual(proxy.asked, [`unknown.test:${server?.port}`]);
      assert.deepEqual(Object.keys(server!.requests[0]!.headers).sort(), [
        'accept',
        'connection',
        'host',
      ]);
      assert.deepEqual(lookedUp, []);
    });

    for (const [from, host] of [
      ['unknown.test', '127.0.0.1'],
      ['unknown.test', 'localhost'],
      ['unknown.test', '10.0.0.5'],
      ['unknown.test', '169.254.169.254'],
      ['unknown.test', 'private.test'],
      ['public.test', 'private.test'],
      ['93.184.216.34', '[::1]'],
      ['93.184.216.34', 'private.test'],
    ] as const) {
      test(`a redirect from ${from} to ${host} is not followed`, async () => {
        if (host === 'localhost') {
          mock.restoreAll();
          syncBuiltinESMExports();
        }
        await fails(loadFrom(from, { '/': to(host), '/2': bytes }), 'addressRefused');
        assert.deepEqual([proxy.asked.length, server?.requests.length], [1, 1]);
      });
    }

    for (const [from, host] of [
      ['unknown.test', 'another.test'],
      ['unknown.test', 'public.test'],
      ['private.test', '10.0.0.5'],
      ['10.0.0.5', 'private.test'],
      ['private.test', 'public.test'],
    ] as const) {
      test(`a redirect from ${from} to ${host} is`, async () => {
        assert.deepEqual(await loadFrom(from, { '/': to(host), '/2': bytes }), bytes);
        assert.deepEqual(proxy.asked, [`${from}:${server?.port}`, `${host}:${server?.port}`]);
      });
    }

    test('a redirect from public over private to private ends at the first private one', async () => {
      await fails(
        loadFrom('public.test', { '/': to('another.test'), '/2': to('private.test') }),
        'addressRefused',
      );
      assert.equal(proxy.asked.length, 2);
    });

    test('a proxy that refuses is asked once, one that is not there or stumbles three times', async () => {
      await fails(
        loadFrom('unknown.test', { '/': bytes }, { status: 407 }),
        'proxyRefused',
        'HTTP 407',
      );
      assert.equal(proxy.asked.length, 1);
      await proxy.close();
      await server?.close();
      await fails(
        loadFrom('unknown.test', { '/': bytes }, { status: 503 }),
        'downloadFailed',
        'proxy: HTTP 503',
      );
      assert.equal(proxy.asked.length, 3);
      await proxy.close();
      const { url } = proxy;
      await fails(
        download('http://unknown.test/', () => ({ proxy: { http: url } }), { limits }),
        'proxyDown',
        'ECONNREFUSED',
      );
    });
  });
});
