import assert from 'node:assert/strict';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { demoService, type DemoService } from '../../demo-service.ts';

suite('the demo service and the name it is called by', () => {
  let demo: DemoService | undefined;
  teardown(() => demo?.close());

  /** Asks as a browser does that was led to this machine by a name of somebody else's (DNS rebinding). */
  async function ask(
    host: string,
    path = '/',
  ): Promise<{ status: number | undefined; body: string }> {
    const { port } = new URL(demo!.url);
    return new Promise((resolve, reject) => {
      request(
        { host: '127.0.0.1', port, path, headers: { host: host.replace('PORT', port) } },
        response => {
          text(response).then(body => resolve({ status: response.statusCode, body }), reject);
        },
      )
        .on('error', reject)
        .end();
    });
  }

  for (const host of ['localhost:PORT', '127.0.0.1:PORT', '[::1]:PORT', 'LOCALHOST:PORT']) {
    test(`${host} is its own`, async () => {
      demo = await demoService();
      const { status, body } = await ask(host);
      assert.equal(status, 200);
      assert.match(body, /jimeng-api/);
    });
  }

  for (const host of [
    'evil.example:PORT',
    'localhost.evil.example:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1.evil.example:PORT',
    '192.168.1.5:PORT',
    'localhost@evil.example:PORT',
    'not a host',
    '[::1',
  ]) {
    test(`${host} is refused, and told nothing`, async () => {
      demo = await demoService();
      for (const path of ['/', '/v1/tasks', '/demo/pictures/x.png']) {
        const { status, body } = await ask(host, path);
        assert.equal(status, 421, path);
        assert.doesNotMatch(body, /jimeng-api|task/);
      }
      assert.deepEqual(demo.requests, []);
    });
  }

  test('one that was opened to the network on purpose answers to addresses, and never to names', async () => {
    demo = await demoService({ host: '0.0.0.0' });
    assert.deepEqual(
      [
        (await ask('192.168.1.5:PORT')).status,
        (await ask('[fe80::5]:PORT')).status,
        (await ask('evil.example:PORT')).status,
      ],
      [200, 200, 421],
    );
  });
});
