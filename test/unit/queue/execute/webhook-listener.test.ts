import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Ledger } from '../../../../src/core/queue/store.ts';
import {
  Webhooks,
  type WebhookSettings,
} from '../../../../src/core/queue/execute/webhook-listener.ts';
import { head, silentLog } from '../samples.ts';

suite('webhooks of a window', () => {
  let root: string;
  let ledger: Ledger;
  let webhooks: Webhooks;
  let settings: WebhookSettings;
  let told: string[];
  let woken: number;
  setup(async () => {
    root = await mkdtemp(join(tmpdir(), 'jimeng-webhooks-'));
    ledger = new Ledger(join(root, 'ledger'), silentLog);
    settings = { enabled: true, port: 0 };
    told = [];
    woken = 0;
    webhooks = new Webhooks({
      ledger,
      log: silentLog,
      lateness: 20,
      settings: () => settings,
      wake: () => {
        woken++;
      },
      onPortTaken: port => {
        told.push(`port ${port}`);
      },
      onMissed: () => {
        told.push('missed');
      },
    });
  });
  teardown(async () => {
    await webhooks.dispose();
    await rm(root, { recursive: true });
  });

  const call = async (url: string) =>
    (
      await fetch(url, {
        method: 'POST',
        headers: { 'x-task-id': 'at-service', 'x-webhook-event': 'task.completed' },
        body: '{}',
      })
    ).status;
  const urlFor = async (id: string) => {
    const url = await webhooks.urlFor(id);
    assert.ok(url);
    return url;
  };
  const end = (id: string, status: 'completed' | 'failed' | 'cancelled') =>
    ledger.put({
      ...head(id),
      updatedAt: Date.now(),
      state: { status, files: [], failure: { kind: 'internal' } },
    });
  const until = async (holds: () => Promise<boolean>) => {
    for (let tries = 0; !(await holds()); tries++) {
      assert.ok(tries < 1_000, 'it never came to this');
      await delay(5);
    }
  };

  test('off, nothing listens, and nothing is asked for', async () => {
    settings.enabled = false;
    assert.equal(await webhooks.urlFor('a'), undefined);
    assert.ok(!webhooks.isOn);
  });

  test('a port that another program has does not count as listening; it is told once, and tried again when it is free', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    settings.port = (other.address() as AddressInfo).port;
    assert.equal(await webhooks.urlFor('a'), undefined);
    assert.ok(!webhooks.isOn, 'polling keeps its pace');
    assert.equal(await webhooks.urlFor('b'), undefined);
    assert.deepEqual(told, [`port ${settings.port}`]);
    await new Promise(resolve => other.close(resolve));
    assert.equal(await call(await urlFor('a')), 204);
    assert.ok(webhooks.isOn);
    assert.equal(woken, 1);
  });

  test('a task that waits and is looked at again keeps its path', async () => {
    assert.equal(await urlFor('a'), await urlFor('a'));
    assert.notEqual(await urlFor('a'), await urlFor('b'));
  });

  for (const status of ['completed', 'failed', 'cancelled'] as const) {
    test(`the path of a task that is ${status} is closed`, async () => {
      const [ended, other] = [await urlFor('a'), await urlFor('b')];
      if (status === 'completed') assert.equal(await call(ended), 204);
      await end('a', status);
      await until(async () => (await call(ended)) === 404);
      assert.equal(await call(other), 204);
      assert.deepEqual(told, []);
      assert.ok(webhooks.isOn);
    });
  }

  test('that of a task which is removed, too', async () => {
    const url = await urlFor('a');
    await ledger.remove('a');
    assert.equal(await call(url), 404);
  });

  test('a task that was found finished without a call: said once, and polling gets its pace back', async () => {
    const urls = [await urlFor('a'), await urlFor('b')];
    for (const id of ['a', 'b']) await end(id, 'completed');
    await until(() => Promise.resolve(told.length > 0));
    for (const url of urls) await until(async () => (await call(url)) === 404);
    assert.deepEqual(told, ['missed']);
    assert.ok(!webhooks.isOn);
  });
});
