import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { inspect } from 'node:util';
import { request } from 'undici';
import { loadInputs } from '../../../src/core/inputs/inputs.ts';
import { check } from '../../../src/core/request/check.ts';
import { trustedCertificates } from '../../../src/core/service/certificates.ts';
import { JimengClient } from '../../../src/core/service/client.ts';
import { JimengError, textOf } from '../../../src/core/service/failures/failures.ts';
import { rowOf } from '../../../src/core/service/failures/table.ts';
import {
  dispatcherFor,
  NotConnected,
  proxiesOf,
  type DispatcherOptions,
  type NetworkSettings,
} from '../../../src/core/service/proxy.ts';
import { parseSessionId, type SessionId } from '../../../src/core/session/session.ts';
import { authority } from '../../certificates.ts';
import { proxyServer, type ProxyOptions, type ProxyServer } from '../../proxy.ts';
import { hangUp, scriptedService, type Answer } from '../../scripted-service.ts';

const id = '0123456789abcdef0123456789abcdef';
const about = {
  service: 'jimeng-api',
  version: '1.6.3',
  endpoints: { images: '/v1/images/generations' },
};
const route = 'POST /v1/images/generations';
const certificates = () => [...rootCertificates, authority];

suite('network', () => {
  const session = (parseSessionId(id) as { session: SessionId }).session;
  const ends: (() => Promise<unknown>)[] = [];
  teardown(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function proxying(options: ProxyOptions = {}): Promise<ProxyServer> {
    const proxy = await proxyServer(options);
    ends.push(() => proxy.close());
    return proxy;
  }
  async function serving(script: Record<string, Answer[]>, secure = false) {
    const service = await scriptedService(script, { secure });
    ends.push(() => service.close());
    return service;
  }
  /** The address of a proxy that has gone. */
  async function gone(): Promise<string> {
    const { url, close } = await proxyServer();
    await close();
    return url;
  }
  function clientOf(
    address: string,
    settings: NetworkSettings | (() => NetworkSettings),
    lines: string[] = [],
  ): JimengClient {
    const log = (line: string) => lines.push(line);
    const client = new JimengClient({
      address,
      session,
      network: typeof settings === 'function' ? settings : () => settings,
      log: { info: log, warn: log, debug: log },
    });
    ends.push(() => client.close());
    return client;
  }
  /** Sends a generation; tells its failure and how often it was said to be on its way. */
  async function generate(
    client: JimengClient,
  ): Promise<{ error: JimengError | undefined; sent: number }> {
    const checked = check({ kind: 'image', prompt: 'a cat' }, 'cn', { unknownModels: 'refuse' });
    assert.ok(checked.ok);
    let sent = 0;
    const error = await client
      .generate(checked, {
        async: false,
        onSent: () => {
          sent++;
        },
      })
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    assert.ok(error === undefined || error instanceof JimengError, String(error));
    return { error, sent };
  }
  /** Names are this machine's here, so that a call without a proxy stays on it. */
  const lookup: LookupFunction = (_host, _options, callback) =>
    callback(null, [{ address: '127.0.0.1', family: 4 }]);
  async function ask(
    url: string,
    settings: NetworkSettings,
    options: Partial<DispatcherOptions> = {},
  ): Promise<number> {
    const dispatcher = dispatcherFor(url, settings, { connectTimeout: 2_000, lookup, ...options });
    try {
      const { statusCode, body } = await request(url, { dispatcher });
      await body.dump();
      return statusCode;
    } finally {
      await dispatcher.destroy();
    }
  }

  suite('what goes through a proxy', () => {
    for (const [host, noProxy, through] of [
      ['service.test', '', true],
      ['service.test', 'other.test, vice.test', true],
      ['service.test', 'service.test', false],
      ['service.test', 'a.test service.test', false],
      ['service.test', 'SERVICE.TEST', false],
      ['service.test', '.test', false],
      ['service.test', '*.test', false],
      ['service.test', '*', false],
      ['service.test', 'service.test:1', true],
      ['service.test', 'service.test:PORT', false],
      ['0.0.0.0', '', true],
      ['0.0.0.0', '10.0.0.0/8', true],
      ['0.0.0.0', '0.0.0.0/8', false],
      ['0.0.0.0', '0.0.0.0/99, nonsense/8, /', true],
      ['[::ffff:7f00:1]', '', true],
      ['[::ffff:7f00:1]', '10.0.0.0/8 ::ffff:0:0/96', false],
      ['localhost', '', false],
      ['localhost.', '', false],
      ['pictures.localhost', '', false],
      ['127.0.0.1', '', false],
      ['2130706433', '', false],
    ] as const) {
      test(`${host} ${through ? 'does' : 'does not'}${noProxy === '' ? '' : `, where noProxy is ${noProxy}`}`, async () => {
        const [service, proxy] = [await serving({ 'GET /': [about] }), await proxying()];
        const settings = {
          proxy: { http: proxy.url },
          noProxy: noProxy.replace('PORT', String(service.port)),
        };
        assert.equal(await ask(`http://${host}:${service.port}/`, settings), 200);
        assert.equal(service.arrived.length, 1);
        assert.deepEqual(proxy.asked, through ? [`${host}:${service.port}`] : []);
      });
    }
    for (const host of ['[::1]', '127.1.2.3']) {
      test(`${host} does not`, async () => {
        const proxy = await proxying();
        await ask(`http://${host}:9/`, { proxy: { http: proxy.url } }).catch(() => {
          /* nobody may listen there */
        });
        assert.deepEqual(proxy.asked, []);
      });
    }

    test('https by its own proxy, else by that for http; http only by its own', async () => {
      const [plain, secure] = [
        await serving({ 'GET /': [about] }),
        await serving({ 'GET /': [about] }, true),
      ];
      const [one, two] = [await proxying(), await proxying()];
      const [http, https] = [
        `http://service.test:${plain.port}/`,
        `https://service.test:${secure.port}/`,
      ];
      await ask(https, { proxy: { http: one.url, https: two.url }, certificates });
      await ask(https, { proxy: { http: one.url, https: '' }, certificates });
      await ask(http, { proxy: { https: two.url } });
      assert.deepEqual(
        [one.asked, two.asked],
        [[`service.test:${secure.port}`], [`service.test:${secure.port}`]],
      );
    });

    test('an environment: small letters first', () => {
      assert.deepEqual(
        proxiesOf({ http_proxy: 'a', HTTP_PROXY: 'b', HTTPS_PROXY: 'c', no_proxy: '' }),
        { proxy: { http: 'a', https: 'c' }, noProxy: '' },
      );
      assert.deepEqual(proxiesOf({}), {
        proxy: { http: undefined, https: undefined },
        noProxy: '',
      });
    });

    test("this process's environment has no say", async () => {
      const [service, proxy] = [await serving({ 'GET /': [about] }), await proxying()];
      const names = [
        'http_proxy',
        'HTTP_PROXY',
        'https_proxy',
        'HTTPS_PROXY',
        'no_proxy',
        'NO_PROXY',
      ];
      const before = names.map(name => [name, process.env[name]] as const);
      try {
        for (const name of names)
          process.env[name] = name.toLowerCase() === 'no_proxy' ? '*' : proxy.url;
        await ask(`http://service.test:${service.port}/`, {});
        assert.deepEqual(proxy.asked, []);
        await ask(`http://service.test:${service.port}/`, { proxy: { http: proxy.url } });
        assert.equal(proxy.asked.length, 1);
      } finally {
        for (const [name, value] of before)
          if (value === undefined) Reflect.deleteProperty(process.env, name);
          else process.env[name] = value;
      }
    });

    test('a client goes another way from the call on in which the settings are others', async () => {
      const service = await serving({ 'GET /': [about] });
      const [one, two] = [await proxying(), await proxying()];
      let settings: NetworkSettings = { proxy: { http: one.url } };
      const client = clientOf(`http://service.test:${service.port}`, () => settings);
      for (let call = 0; call < 4; call++) await client.about();
      const tunnels = one.asked.length;
      assert.ok(tunnels < 4, 'a tunnel is used again while the settings last');
      settings = { proxy: { http: two.url } };
      await client.about();
      assert.equal(service.arrived.length, 5);
      assert.deepEqual([one.asked.length, two.asked.length], [tunnels, 1]);
    });
  });

  suite('name and password of a proxy', () => {
    const withLogin = (url: string, login: string) => url.replace('//', `//${login}@`);

    test('are sent to it, and nowhere else', async () => {
      const [service, proxy] = [
        await serving({
          'GET /': [
            (response, { headers }) =>
              response.end(JSON.stringify({ ...about, version: JSON.stringify(headers) })),
          ],
        }),
        await proxying({ login: 'me:wörd@/' }),
      ];
      const client = clientOf(`http://service.test:${service.port}`, {
        proxy: { http: withLogin(proxy.url, 'me:w%C3%B6rd%40%2F') },
      });
      assert.ok(
        !/proxy|basic/i.test((await client.about()).version ?? ''),
        'the service got none of it',
      );
    });

    test('without a scheme too', async () => {
      const [service, proxy] = [
        await serving({ 'GET /': [about] }),
        await proxying({ login: 'me:word' }),
      ];
      await clientOf(`http://service.test:${service.port}`, {
        proxy: { http: `me:word@127.0.0.1:${proxy.port}` },
      }).about();
      assert.equal(service.arrived.length, 1);
    });

    for (const [what, proxied] of Object.entries<(url: string) => string>({
      'that it refuses': url => withLogin(url, 'me:sesame'),
      'of a SOCKS proxy': url => withLogin(url.replace('http:', 'socks5:'), 'me:sesame'),
      'that are badly written': url => withLogin(url, 'me%ZZ:sesame'),
      'in no address': () => 'http://me:sesame@no such proxy',
      'with a slash in them': () => 'http://me:sesame/sesame@127.0.0.1:1',
      'of a proxy that is not there': () => 'http://me:sesame@127.0.0.1:1',
    })) {
      test(`${what} are in no failure, no error and no line of the log`, async () => {
        const [service, proxy] = [await serving({}), await proxying({ login: 'me:another' })];
        const lines: string[] = [];
        const { error, sent } = await generate(
          clientOf(
            `http://service.test:${service.port}`,
            { proxy: { http: proxied(proxy.url) } },
            lines,
          ),
        );
        assert.ok(error && rowOf(error.failure).unsent);
        const all = `${inspect(error, { depth: 10, showHidden: true })} ${JSON.stringify(error)} ${error.stack} ${textOf(error.failure)} ${lines.join()}`;
        assert.doesNotMatch(all, /sesame|me%ZZ|bWU6/);
        assert.deepEqual([sent, service.arrived.length], [0, 0]);
      });
    }
  });

  suite('where nothing was sent, a generation says so', () => {
    const generating = { [route]: [{ data: [{ url: 'u' }] }] };
    for (const [what, options, kind, detail] of [
      ['a proxy that wants a login', { login: 'me:word' }, 'proxyRefused', 'HTTP 407'],
      ['a proxy that forbids it', { status: 403 }, 'proxyRefused', 'HTTP 403'],
      [
        'a proxy that does not reach the service',
        { status: 502 },
        'serviceDown',
        'proxy: HTTP 502',
      ],
      ['a proxy that hangs up', { status: 0 }, 'proxyDown', 'UND_ERR_PRX_CONN'],
    ] as const) {
      for (const secure of [false, true]) {
        test(`${what}, ${secure ? 'https' : 'http'}`, async () => {
          const [service, proxy] = [await serving(generating, secure), await proxying(options)];
          const client = clientOf(`http${secure ? 's' : ''}://service.test:${service.port}`, {
            proxy: { http: proxy.url },
            certificates,
          });
          const { error, sent } = await generate(client);
          assert.deepEqual(error?.failure, { kind, detail });
          await assert.rejects(
            client.about(),
            (quick: unknown) => quick instanceof JimengError && quick.failure.kind === kind,
          );
          assert.ok(rowOf({ kind }).unsent);
          assert.deepEqual([sent, service.arrived.length, proxy.seen.length], [0, 0, 0]);
          assert.equal(proxy.asked.length, 2, 'asked once for each call');
        });
      }
    }

    test('a proxy that is not there', async () => {
      const { error, sent } = await generate(
        clientOf('https://service.test', { proxy: { http: await gone() } }),
      );
      assert.deepEqual([error?.failure, sent], [{ kind: 'proxyDown', detail: 'ECONNREFUSED' }, 0]);
    });

    test('a proxy that never answers', async () => {
      const proxy = await proxying({
        until: new Promise(() => {
          /* never */
        }),
      });
      await assert.rejects(
        ask('http://service.test/', { proxy: { http: proxy.url } }, { connectTimeout: 100 }),
        (error: unknown) => error instanceof NotConnected && error.failure.kind === 'proxyDown',
      );
    });

    for (const scheme of ['socks5', 'socks4', 'socks', 'ftp']) {
      test(`a proxy by ${scheme}, but not for hosts that do without it`, async () => {
        const service = await serving({ ...generating, 'GET /': [about] });
        const settings = { proxy: { http: `${scheme}://127.0.0.1:1080` } };
        const { error, sent } = await generate(
          clientOf(`http://service.test:${service.port}`, settings),
        );
        assert.deepEqual(
          [error?.failure, sent],
          [{ kind: 'proxyUnsupported', detail: `${scheme}://127.0.0.1:1080` }, 0],
        );
        await clientOf(service.url, settings).about();
        assert.equal(
          await ask(`http://service.test:${service.port}/`, { ...settings, noProxy: '.test' }),
          200,
        );
      });
    }

    for (const [what, host, trusted, code] of [
      [
        'of an unknown authority',
        'localhost',
        () => rootCertificates,
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      ],
      [
        'of an unknown authority, through a proxy',
        'service.test',
        undefined,
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      ],
      [
        'of another host, through a proxy',
        'other.test',
        certificates,
        'ERR_TLS_CERT_ALTNAME_INVALID',
      ],
      ['of another host', 'other.localhost', certificates, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ] as const) {
      test(`a certificate ${what}`, async () => {
        const [service, proxy] = [
          await serving({ ...generating, 'GET /': [about] }, true),
          await proxying(),
        ];
        const client = clientOf(`https://${host}:${service.port}`, {
          proxy: { http: proxy.url },
          ...(trusted && { certificates: trusted }),
        });
        if (host !== 'other.localhost') {
          const { error, sent } = await generate(client);
          assert.deepEqual(
            [error?.failure, sent],
            [{ kind: 'certificateUntrusted', detail: code }, 0],
          );
        }
        await assert.rejects(
          ask(`https://${host}:${service.port}/`, {
            proxy: { http: proxy.url },
            ...(trusted && { certificates: trusted }),
          }),
          (error: unknown) =>
            error instanceof NotConnected &&
            error.failure.kind === 'certificateUntrusted' &&
            error.failure.detail === code,
        );
        assert.equal(service.arrived.length, 0);
      });
    }

    for (const through of [true, false]) {
      test(`a service without TLS that is called by https${through ? ', through a proxy' : ''}`, async () => {
        const [service, proxy] = [await serving(generating), await proxying()];
        const { error, sent } = await generate(
          clientOf(`https://${through ? 'service.test' : 'localhost'}:${service.port}`, {
            proxy: { http: proxy.url },
          }),
        );
        assert.deepEqual(
          [error?.failure.kind, sent, service.arrived.length],
          ['serviceDown', 0, 0],
        );
      });
    }
  });

  suite('where it may have been received, a generation says so', () => {
    for (const secure of [false, true]) {
      for (const through of [false, true]) {
        test(`${secure ? 'https' : 'http'}${through ? ' through a proxy' : ''}: once on its way, and then broken`, async () => {
          const [service, proxy] = [await serving({ [route]: [hangUp] }, secure), await proxying()];
          const { error, sent } = await generate(
            clientOf(
              `http${secure ? 's' : ''}://${through ? 'service.test' : '127.0.0.1'}:${service.port}`,
              { proxy: { http: proxy.url }, certificates },
            ),
          );
          assert.deepEqual(
            [error?.failure.kind, sent, service.arrived.length],
            ['connectionLost', 1, 1],
          );
          assert.equal(proxy.asked.length, through ? 1 : 0);
        });
      }
    }

    test('it is on its way only when the tunnel stands', async () => {
      const open = Promise.withResolvers<undefined>();
      const [service, proxy] = [
        await serving({ [route]: [{ data: [{ url: 'u' }] }] }, true),
        await proxying({ until: open.promise }),
      ];
      let sent = 0;
      const checked = check({ kind: 'image', prompt: 'a cat' }, 'cn', { unknownModels: 'refuse' });
      assert.ok(checked.ok);
      const generated = clientOf(`https://service.test:${service.port}`, {
        proxy: { http: proxy.url },
        certificates,
      }).generate(checked, {
        async: false,
        onSent: () => {
          sent++;
        },
      });
      while (proxy.asked.length === 0) await new Promise(resolve => setImmediate(resolve));
      assert.equal(sent, 0);
      open.resolve(undefined);
      await generated;
      assert.deepEqual([sent, service.arrived.length], [1, 1]);
    });

    test('an abort while the proxy has not answered is no failure, and nothing was sent', async () => {
      const [service, proxy] = [
        await serving({}),
        await proxying({
          until: new Promise(() => {
            /* never */
          }),
        }),
      ];
      const [stop, reason] = [new AbortController(), new Error('enough')];
      const checked = check({ kind: 'image', prompt: 'a cat' }, 'cn', { unknownModels: 'refuse' });
      assert.ok(checked.ok);
      const generated = clientOf(`http://service.test:${service.port}`, {
        proxy: { http: proxy.url },
      }).generate(checked, { async: false, signal: stop.signal });
      while (proxy.asked.length === 0) await new Promise(resolve => setImmediate(resolve));
      stop.abort(reason);
      await assert.rejects(generated, reason);
      assert.deepEqual(service.arrived, []);
    });
  });

  test('an input whose address lies behind a proxy that refuses: the proxy is named, not the picture', async () => {
    const proxy = await proxying({ status: 407 });
    const images = [{ uri: 'http://pictures.test/a.png' }, { uri: 'file:///b.png' }];
    await assert.rejects(
      loadInputs(
        images,
        () => assert.fail('the file was opened'),
        () => ({ proxy: { http: proxy.url } }),
      ),
      (error: unknown) => error instanceof JimengError && error.failure.kind === 'proxyRefused',
    );
  });

  test('by https the proxy sees nothing of the session ID; by http everything', async () => {
    for (const secure of [true, false]) {
      const [service, proxy] = [
        await serving({ [route]: [{ data: [{ url: 'u' }] }] }, secure),
        await proxying(),
      ];
      assert.equal(
        (
          await generate(
            clientOf(`http${secure ? 's' : ''}://service.test:${service.port}`, {
              proxy: { http: proxy.url },
              certificates,
            }),
          )
        ).error,
        undefined,
      );
      assert.equal(Buffer.concat(proxy.seen).includes(id), !secure);
      assert.ok(proxy.seen.length > 0);
    }
  });

  suite('a proxy that is spoken to by https', () => {
    for (const [what, settings, passes] of [
      ['with a certificate that is trusted', { certificates }, true],
      ['with one that is not', {}, false],
      ['with one that need not be', { proxyStrictSSL: false }, true],
    ] as const) {
      test(what, async () => {
        const [service, proxy] = [
          await serving({ 'GET /': [about] }),
          await proxying({ secure: true }),
        ];
        const asked = ask(`http://service.test:${service.port}/`, {
          proxy: { http: proxy.url },
          ...settings,
        });
        if (passes) assert.equal(await asked, 200);
        else
          await assert.rejects(
            asked,
            (error: unknown) =>
              error instanceof NotConnected && error.failure.kind === 'certificateUntrusted',
          );
        assert.equal(service.arrived.length, passes ? 1 : 0);
      });
    }

    test('the certificate of the service is checked all the same', async () => {
      const [service, proxy] = [
        await serving({ 'GET /': [about] }, true),
        await proxying({ secure: true }),
      ];
      await assert.rejects(
        ask(`https://service.test:${service.port}/`, {
          proxy: { http: proxy.url },
          proxyStrictSSL: false,
        }),
        NotConnected,
      );
      assert.deepEqual([proxy.asked.length, service.arrived.length], [1, 0]);
    });
  });

  test("the trusted certificates are Node's and more, read once", () => {
    const trusted = trustedCertificates();
    assert.ok(rootCertificates.every(certificate => trusted.includes(certificate)));
    assert.equal(trustedCertificates(), trusted);
  });

  test('certificates are read only when https is spoken', async () => {
    const service = await serving({ 'GET /': [about] });
    await ask(service.url, { certificates: () => assert.fail('they were read') });
  });
});
