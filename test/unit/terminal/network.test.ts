import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authority } from '../../certificates.ts';
import { proxyServer, type ProxyServer } from '../../proxy.ts';
import { scriptedService } from '../../scripted-service.ts';
import { jimeng } from './cli.ts';

suite('the network of the terminal', () => {
  let cwd: string;
  let proxy: ProxyServer;
  let service: Awaited<ReturnType<typeof scriptedService>>;
  setup(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'jimeng-network-'));
    await writeFile(join(cwd, 'authority.pem'), authority);
    proxy = await proxyServer({ login: 'me:sesame' });
    service = await scriptedService(
      { 'GET /v1/tasks/': [{ tasks: [{ task_id: 'far-away', status: 'completed' }] }] },
      { secure: true },
    );
  });
  teardown(async () => {
    await Promise.all([proxy.close(), service.close()]);
    await rm(cwd, { recursive: true });
  });
  const tasks = (env: Record<string, string>) =>
    jimeng(['tasks'], {
      cwd,
      env: { JIMENG_API_URL: `https://service.test:${service.port}`, ...env },
    });
  const withLogin = () => proxy.url.replace('//', '//me:sesame@');

  for (const [what, variable] of [
    ['NODE_EXTRA_CA_CERTS names', 'NODE_EXTRA_CA_CERTS'],
    // Elsewhere the system's store is no file that a test may point to.
    ...(process.platform === 'linux' ? ([['the system has', 'SSL_CERT_FILE']] as const) : []),
  ] as const) {
    test(`a service behind a proxy, with a certificate that ${what}`, async () => {
      const { code, stdout, stderr } = await tasks({
        https_proxy: withLogin(),
        [variable]: join(cwd, 'authority.pem'),
      });
      assert.equal(stderr, '');
      assert.match(stdout, /far-away/);
      assert.equal(code, 0);
      assert.deepEqual(proxy.asked, [`service.test:${service.port}`]);
    });
  }

  for (const [what, env, said] of [
    [
      'a certificate that nobody trusts',
      () => ({ HTTPS_PROXY: withLogin() }),
      /not trusted: UNABLE_TO_VERIFY_LEAF_SIGNATURE.*NODE_EXTRA_CA_CERTS.*Nothing was sent/s,
    ],
    [
      'a proxy that wants another login',
      () => ({ HTTPS_PROXY: proxy.url.replace('//', '//you:sesame@') }),
      /requires a user name and a password.*Nothing was sent/s,
    ],
    [
      'a SOCKS proxy',
      () => ({ HTTPS_PROXY: 'socks5://me:sesame@127.0.0.1:1080' }),
      /socks5:\/\/…@127\.0\.0\.1:1080 cannot be used.*SOCKS is not supported/s,
    ],
  ] as const) {
    test(`${what} is told, without a password`, async () => {
      const { code, stdout, stderr } = await tasks(env());
      assert.match(stderr, said);
      assert.doesNotMatch(stderr + stdout, /sesame/);
      assert.equal(code, 1);
      assert.deepEqual(service.arrived, []);
    });
  }
});
