import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagnose, type Subject } from '../../../src/core/doctor/diagnose.ts';
import { lineOf, type Finding, type FindingKind } from '../../../src/core/doctor/finding.ts';
import { writableFinding } from '../../../src/core/doctor/folder.ts';
import {
  answeringAddress,
  ownAddresses,
  proxySettingsOf,
  withoutCredentials,
} from '../../../src/core/doctor/network.ts';
import { claimFinding } from '../../../src/core/doctor/service-checks.ts';
import { parseServiceAddress } from '../../../src/core/service/address.ts';
import { JimengClient } from '../../../src/core/service/client.ts';
import { direct } from '../../../src/core/service/proxy.ts';
import {
  parseSessionId,
  type ParsedSessionId,
  type SessionId,
} from '../../../src/core/session/session.ts';
import { demoService, type DemoService } from '../../demo-service.ts';
import { scriptedService } from '../../scripted-service.ts';

const secret = '0123456789abcdef0123456789abcdef';
const log = {
  info() {
    /* nobody reads it */
  },
  debug() {
    /* nobody reads it */
  },
  warn() {
    /* nobody reads it */
  },
};

suite('doctor', () => {
  let demo: DemoService;
  const clients: JimengClient[] = [];
  const connect = (url: string, session?: SessionId) => {
    const client = new JimengClient({
      address: url,
      network: direct,
      log,
      ...(session && { session }),
    });
    clients.push(client);
    return client;
  };
  suiteSetup(async () => {
    demo = await demoService();
  });
  suiteTeardown(() => demo.close());
  teardown(() => Promise.all(clients.splice(0).map(client => client.close())));

  const subject = (more: Partial<Subject> = {}): Subject => ({
    versions: 'jimeng 1',
    address: parseServiceAddress(demo.url),
    connect,
    embedded: false,
    session: parseSessionId(secret),
    maySend: true,
    onCredits: () => Promise.resolve(),
    proxies: [],
    ownAddresses: [],
    folder: () => Promise.resolve({ kind: 'folder', level: 'ok', sentence: 'pic' }),
    ...more,
  });
  const of = (findings: readonly Finding[], kind: FindingKind) =>
    findings.find(finding => finding.kind === kind);
  const levels = (findings: readonly Finding[]) =>
    Object.fromEntries(findings.map(({ kind, level }) => [kind, level]));
  async function withService<T>(
    script: Parameters<typeof scriptedService>[0],
    work: (url: string, service: Awaited<ReturnType<typeof scriptedService>>) => Promise<T>,
  ): Promise<T> {
    const service = await scriptedService(script);
    try {
      return await work(service.url, service);
    } finally {
      await service.close();
    }
  }
  const about = (kind: 'task' | 'stock') => ({
    service: 'jimeng-api',
    version: '1.6.3',
    endpoints: { images: '', ...(kind === 'task' && { tasks: '/v1/tasks' }) },
  });

  test('all is well: each thing is named, nothing is generated, and the session ID is nowhere', async () => {
    const before = demo.requests.length;
    const findings = await diagnose(subject());
    assert.deepEqual(levels(findings), {
      service: 'ok',
      tasks: 'ok',
      session: 'ok',
      credits: 'ok',
      port: 'ok',
      proxy: 'ok',
      folder: 'ok',
      versions: 'ok',
    });
    assert.match(of(findings, 'credits')!.sentence, /\d+ credits/);
    assert.ok(!JSON.stringify(findings).includes(secret));
    assert.match(JSON.stringify(findings), /••••cdef/);
    assert.deepEqual(
      demo.requests
        .slice(before)
        .map(({ path }) => path)
        .sort(),
      ['/', '/token/check', '/token/points', '/v1/tasks/'],
    );
    assert.equal(demo.service.generations, 0);
  });

  test('no service: one problem, and the session ID goes nowhere', async () => {
    const findings = await diagnose(
      subject({ address: parseServiceAddress('http://127.0.0.1:9') }),
    );
    assert.deepEqual(levels(findings), {
      service: 'problem',
      session: 'note',
      proxy: 'ok',
      folder: 'ok',
      versions: 'ok',
    });
    assert.equal(of(findings, 'service')!.fix, 'startService');
  });

  test('something else answers; an address that is none', async () => {
    await withService({ 'GET /': [{ hello: 'world' }] }, async url => {
      assert.equal(
        of(await diagnose(subject({ address: parseServiceAddress(url) })), 'service')!.fix,
        'setAddress',
      );
    });
    const findings = await diagnose(subject({ address: parseServiceAddress('localhost') }));
    assert.deepEqual(
      [of(findings, 'service')!.level, of(findings, 'service')!.fix],
      ['problem', 'setAddress'],
    );
  });

  for (const [what, answer, level, sentence] of [
    [
      'memory',
      {
        tasks: [],
        total: 0,
        storage_mode: 'memory',
        queue_stats: { running: 1, queued: 2, maxConcurrent: 50 },
      },
      'note',
      /loses them\. Running: 1, waiting: 2\..*REDIS_URL.*Restart the service/,
    ],
    ['Redis', { tasks: [], total: 0, storage_mode: 'redis' }, 'ok', /Redis/],
    [
      'Redis, and one that nothing resumes',
      {
        tasks: [{ task_id: 't', status: 'processing' }],
        storage_mode: 'redis',
        queue_stats: { running: 0, queued: 0, maxConcurrent: 50 },
      },
      'note',
      /was restarted.*Check your account's history/,
    ],
  ] as const) {
    test(`tasks in ${what}`, () =>
      withService(
        {
          'GET /': [about('task')],
          'GET /v1/tasks/': [answer],
          'POST /token/check': [{ live: true }],
        },
        async url => {
          const tasks = of(
            await diagnose(subject({ address: parseServiceAddress(url) })),
            'tasks',
          )!;
          assert.equal(tasks.level, level);
          assert.match(lineOf(tasks), sentence);
        },
      ));
  }

  test('a stock service has no tasks and makes no webhook calls', () =>
    withService(
      { 'GET /': [about('stock')], 'POST /token/check': [{ live: true }] },
      async (url, service) => {
        const findings = await diagnose(
          subject({
            address: parseServiceAddress(url),
            webhooks: { enabled: true, publicUrl: undefined },
          }),
        );
        assert.deepEqual(
          [of(findings, 'tasks')!.level, of(findings, 'webhooks')!.level],
          ['note', 'note'],
        );
        assert.match(of(findings, 'service')!.sentence, /stock service.*1\.6\.3/);
        assert.equal(service.arrived.filter(({ path }) => path.startsWith('/v1/tasks')).length, 0);
      },
    ));

  for (const [settings, level, sentence] of [
    [{ enabled: false, publicUrl: undefined }, 'ok', /Off/],
    [{ enabled: true, publicUrl: undefined }, 'note', /publicUrl/],
    [
      { enabled: true, publicUrl: 'http://host.docker.internal:PORT' },
      'ok',
      /host\.docker\.internal/,
    ],
  ] as const) {
    test(`webhooks ${JSON.stringify(settings)}`, async () => {
      const finding = of(await diagnose(subject({ webhooks: settings })), 'webhooks')!;
      assert.equal(finding.level, level);
      assert.match(finding.sentence, sentence);
    });
  }

  for (const [what, session, level, fix, asksCredits] of [
    ['none', undefined, 'problem', 'updateSessionId', false],
    ['one that cannot be one', parseSessionId('two words'), 'problem', 'updateSessionId', false],
    ['one that expired', parseSessionId('expired-0123456789'), 'problem', 'updateSessionId', false],
    ['one without credits', parseSessionId('nocredits-0123456789'), 'ok', undefined, true],
  ] as readonly (readonly [
    string,
    ParsedSessionId | undefined,
    string,
    string | undefined,
    boolean,
  ])[]) {
    test(`session ID: ${what}`, async () => {
      const findings = await diagnose(subject({ session }));
      const finding = of(findings, 'session')!;
      assert.deepEqual([finding.level, finding.fix], [level, fix]);
      assert.equal(of(findings, 'credits')?.fix, asksCredits ? 'claimCredits' : undefined);
    });
  }

  test('a balance that was asked for is handed on', async () => {
    const told: number[] = [];
    await diagnose(
      subject({
        onCredits: credits => {
          told.push(credits);
          return Promise.resolve();
        },
      }),
    );
    assert.equal(told.length, 1);
  });

  test('where a person did not agree, the session ID is sent nowhere', async () => {
    const before = demo.requests.length;
    const findings = await diagnose(subject({ maySend: false }));
    assert.equal(of(findings, 'session')!.level, 'note');
    assert.ok(!demo.requests.slice(before).some(({ path }) => path.startsWith('/token')));
  });

  test("the editor's own demo is said, and can be left", async () => {
    const findings = await diagnose(subject({ embedded: true, session: undefined }));
    assert.deepEqual(
      [
        of(findings, 'service')!.level,
        of(findings, 'service')!.fix,
        of(findings, 'session')!.level,
        of(findings, 'credits'),
      ],
      ['note', 'stopDemo', 'ok', undefined],
    );
  });

  test("a port that answers at an address of the network is a problem; this machine's loopback stands for one here", async () => {
    const findings = await diagnose(subject({ ownAddresses: ['127.0.0.1'] }));
    assert.deepEqual(
      [of(findings, 'port')!.level, of(findings, 'port')!.fix],
      ['problem', 'startService'],
    );
    assert.match(
      of(findings, 'port')!.sentence,
      new RegExp(`${new URL(demo.url).port} is open to the network \\(127\\.0\\.0\\.1\\)`),
    );
  });

  test('each address is tried once, and those that refuse do not count', async () => {
    let connections = 0;
    const server = createServer(socket => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    assert.equal(await answeringAddress(port, ['127.0.0.1']), '127.0.0.1');
    await new Promise(resolve => server.close(resolve));
    assert.equal(connections, 1);
    assert.equal(await answeringAddress(port, ['127.0.0.1']), undefined);
    assert.deepEqual(
      ownAddresses().filter(
        address => address.startsWith('127.') || address === '::1' || /^fe80:/i.test(address),
      ),
      [],
    );
  });

  test('proxies are named with their credentials masked', async () => {
    const proxies = proxySettingsOf({
      HTTPS_PROXY: 'http://user:secret@proxy:8080',
      no_proxy: 'localhost',
      HTTP_PROXY: '',
    });
    assert.deepEqual(proxies, [
      { source: 'HTTPS_PROXY', value: 'http://••••@proxy:8080' },
      { source: 'NO_PROXY', value: 'localhost' },
    ]);
    assert.equal(withoutCredentials('user:secret@proxy:8080'), '••••@proxy:8080');
    assert.equal(
      withoutCredentials('http://user:pa/ss@wo@rd@proxy:8080/'),
      'http://••••@proxy:8080/',
    );
    assert.match(
      of(await diagnose(subject({ proxies })), 'proxy')!.sentence,
      /HTTPS_PROXY http:\/\/••••@proxy:8080, NO_PROXY localhost/,
    );
  });

  test('in a remote window it is said which machine localhost is', async () => {
    const there = of(
      await diagnose(subject({ remote: { name: 'ssh-remote', runsThere: true } })),
      'localhost',
    )!;
    const here = of(
      await diagnose(subject({ remote: { name: 'wsl', runsThere: false } })),
      'localhost',
    )!;
    assert.match(there.sentence, /remote machine \(ssh-remote\)/);
    assert.match(here.sentence, /your own machine, not the remote one \(wsl\)/);
    assert.deepEqual([there.level, here.level], ['ok', 'ok']);
    const silent = of(
      await diagnose(
        subject({
          address: parseServiceAddress('http://127.0.0.1:9'),
          remote: { name: 'wsl', runsThere: false },
        }),
      ),
      'localhost',
    )!;
    assert.deepEqual([silent.level, silent.fix], ['note', 'setAddress']);
    assert.equal(
      of(
        await diagnose(subject({ embedded: true, remote: { name: 'wsl', runsThere: true } })),
        'localhost',
      ),
      undefined,
    );
  });

  test('the folder is tried by writing, and nothing stays there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jimeng-doctor-'));
    try {
      assert.equal((await writableFinding('pic', join(folder, 'pic', 'deep'))).level, 'ok');
      assert.deepEqual(await readdir(folder), []);
      await writeFile(join(folder, 'file'), '');
      const below = await writableFinding('pic', join(folder, 'file', 'pic'));
      assert.deepEqual([below.level, below.fix], ['problem', 'chooseFolder']);
      assert.match(below.sentence, /pic: ENOTDIR/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('the daily credits are claimed once, and a refusal is no problem', async () => {
    const { session } = parseSessionId('nocredits-claim-0123456789') as { session: SessionId };
    const client = connect(demo.url, session);
    assert.match((await claimFinding(client)).sentence, /claimed\. Balance: 66/);
    const again = await claimFinding(client);
    assert.equal(again.level, 'note');
    assert.match(
      lineOf(again),
      /^! Credits: Nothing was claimed: there are still 66 credits\. The daily credits are given only when none are left\.$/,
    );
  });

  test('why the site gives nothing is said without the session ID', () =>
    withService(
      {
        'POST /token/receive': [
          [
            {
              token: secret,
              credits: { totalCredit: 0 },
              received: false,
              error: `no gift for ${secret}`,
            },
          ],
        ],
      },
      async url => {
        const { session } = parseSessionId(secret) as { session: SessionId };
        const { sentence } = await claimFinding(connect(url, session));
        assert.match(sentence, /no gift for ••••/);
        assert.ok(!sentence.includes(secret));
      },
    ));

  for (const [what, points, level, sentence, fix] of [
    [
      'cannot reach the site',
      { code: -1000, message: 'connect ECONNREFUSED 203.0.113.1:443', data: null },
      'problem',
      /Could not check whether the site accepts it\. The service cannot reach the site: connect ECONNREFUSED/,
      'diagnose',
    ],
    [
      'is stopped by risk control',
      { code: -2001, message: '[请求失败]: shark not pass (错误码: 1019)', data: null },
      'problem',
      /Could not check whether the site accepts it\. The site's risk control/,
      'openSite',
    ],
    [
      'says so of an expired session',
      { code: -2002, message: '[登录失效]: check login error', data: null },
      'problem',
      /does not accept ••••cdef: it has expired/,
      'updateSessionId',
    ],
    [
      'reached the site, which told the credits',
      [{ token: secret, points: { totalCredit: 5 } }],
      'problem',
      /does not accept ••••cdef: it has expired/,
      'updateSessionId',
    ],
  ] as const) {
    test(`a session that the service calls dead, where it ${what}`, () =>
      withService(
        {
          'GET /': [about('stock')],
          'POST /token/check': [{ live: false }],
          'POST /token/points': [points],
        },
        async url => {
          const findings = await diagnose(subject({ address: parseServiceAddress(url) }));
          const session = of(findings, 'session')!;
          assert.deepEqual([session.level, session.fix], [level, fix]);
          assert.match(session.sentence, sentence);
          if (fix !== 'updateSessionId') assert.doesNotMatch(JSON.stringify(findings), /expired/);
        },
      ));
  }

  test('a line tells level, thing and finding', () => {
    assert.equal(
      lineOf({ kind: 'port', level: 'problem', sentence: 'It is open.' }),
      '✗ Port: It is open.',
    );
  });
});
