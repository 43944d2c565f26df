import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { JimengClient } from '../../src/core/service/client.ts';
import type { Network } from '../../src/core/service/proxy.ts';
import { Disposables } from '../../src/editor/platform/disposables.ts';
import { followNetwork } from '../../src/editor/platform/network.ts';
import { proxyServer, type ProxyServer } from '../proxy.ts';
import { scriptedService } from '../scripted-service.ts';
import { silentLog } from '../unit/queue/samples.ts';

suite('network', () => {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  let owned: Disposables;
  let network: Network;
  let environment: Record<string, string | undefined>;
  const set = (key: string, value: unknown) =>
    vscode.workspace.getConfiguration('http').update(key, value, vscode.ConfigurationTarget.Global);
  setup(() => {
    owned = new Disposables();
    network = followNetwork(owned);
    environment = Object.fromEntries(
      names.flatMap(name => [name, name.toLowerCase()]).map(name => [name, process.env[name]]),
    );
    for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name);
  });
  teardown(async () => {
    owned.dispose();
    for (const [name, value] of Object.entries(environment))
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    for (const key of ['proxy', 'noProxy', 'proxySupport', 'proxyStrictSSL', 'systemCertificates'])
      await set(key, undefined);
  });

  test("VS Code's settings count, and what they leave open the environment says", async () => {
    Object.assign(process.env, {
      HTTP_PROXY: 'http://a:1',
      HTTPS_PROXY: 'http://b:2',
      NO_PROXY: 'c',
    });
    const { certificates, ...without } = network();
    assert.ok((certificates?.().length ?? 0) > 50);
    assert.deepEqual(without, {
      proxy: { http: 'http://a:1', https: 'http://b:2' },
      noProxy: 'c',
      proxyStrictSSL: true,
    });
    assert.equal(network(), network(), 'the same until something changes');

    await set('proxy', 'http://d:4');
    assert.deepEqual([network().proxy, network().noProxy], [{ http: 'http://d:4' }, 'c']);
    await set('noProxy', ['e', '*.f']);
    assert.equal(network().noProxy, 'e,*.f');
    await set('proxyStrictSSL', false);
    await set('systemCertificates', false);
    assert.deepEqual([network().proxyStrictSSL, network().certificates], [false, undefined]);
    await set('proxySupport', 'off');
    assert.deepEqual(network(), { proxyStrictSSL: false });
  });

  test('a client obeys a change from the next call on', async () => {
    const service = await scriptedService({ 'GET /': [{ service: 'jimeng-api', endpoints: {} }] });
    const proxies: ProxyServer[] = [await proxyServer({ login: 'me:word' }), await proxyServer()];
    const client = new JimengClient({
      address: `http://service.test:${service.port}`,
      network,
      log: silentLog,
    });
    try {
      for (const [index, { port }] of proxies.entries()) {
        await set('proxy', `http://me:word@127.0.0.1:${port}`);
        await client.about();
        assert.equal(service.arrived.length, index + 1);
      }
      assert.deepEqual(
        proxies.map(({ asked }) => asked.length),
        [1, 1],
      );
    } finally {
      await client.close();
      await Promise.all([service, ...proxies].map(server => server.close()));
    }
  });
});
