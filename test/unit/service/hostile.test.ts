import assert from 'node:assert/strict';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { errorOf } from '../../../src/agents/errors.ts';
import { check } from '../../../src/core/request/check.ts';
import { JimengClient } from '../../../src/core/service/client.ts';
import {
  JimengError,
  mayHaveBeenCharged,
  textOf,
} from '../../../src/core/service/failures/failures.ts';
import { direct } from '../../../src/core/service/proxy.ts';
import { parseSessionId, type SessionId } from '../../../src/core/session/session.ts';
import type { Failure } from '../../../src/core/service/failures/table.ts';
import { certificate, key } from '../../certificates.ts';
import {
  hostileServer,
  refusals,
  timings,
  unclearBodies,
  unclearStatuses,
  type Script,
} from '../../hostile-server.ts';

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
const host = { nextStep: (what: string) => `Start the ${what}.` };
const quickDeadlineMs = 300;

suite('answers of a hostile service', () => {
  const { session } = parseSessionId('0123456789abcdef0123456789abcdef') as { session: SessionId };
  const checked = check({ kind: 'image', prompt: 'a cat' }, 'cn', { unknownModels: 'refuse' });
  assert.ok(checked.ok);
  const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
    const error = await work.then(
      result => assert.fail(`it did not fail: ${JSON.stringify(result)}`),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof JimengError, String(error));
    return error.failure;
  };
  async function withServer(
    scriptFor: (request: string) => Script,
    work: (client: JimengClient, requests: string[]) => Promise<void>,
  ): Promise<void> {
    const server = await hostileServer(scriptFor);
    const client = new JimengClient({
      address: server.url,
      session,
      network: direct,
      log,
      quickDeadlineMs,
    });
    try {
      await work(client, server.requests);
    } finally {
      await client.close();
      await server.close();
    }
  }
  const generate = (client: JimengClient) =>
    Promise.all([true, false].map(async => failureOf(client.generate(checked, { async }))));
  const assertUncertain = (failure: Failure, what: string) => {
    assert.ok(mayHaveBeenCharged(failure), `${what}: ${failure.kind}`);
    assert.match(textOf(failure), /charged.*Check your account.* before you send it again/, what);
    const { try_again: again, message, next } = errorOf(failure, host);
    assert.equal(again, 'no', what);
    assert.match(message, /charged/, what);
    assert.doesNotMatch(
      `${message} ${next}`,
      /start the service|correct the address|nothing was sent/i,
      what,
    );
  };

  for (const [timing, write] of Object.entries(timings)) {
    test(`a generation whose answer is unclear, ${timing}: may have been charged, whatever its status and body`, async () => {
      let script: Script;
      await withServer(
        () => script,
        async (client, requests) => {
          for (const status of unclearStatuses) {
            for (const [name, body] of Object.entries(unclearBodies)) {
              script = write(status, body);
              const before = requests.length;
              for (const failure of await generate(client))
                assertUncertain(failure, `${status}, ${name}`);
              assert.equal(requests.length, before + 2, 'each is sent once');
            }
          }
        },
      );
    });
  }

  test('a generation that a gateway refused was not charged', async () => {
    let script: Script;
    await withServer(
      () => script,
      async client => {
        for (const status of refusals) {
          for (const body of [
            '',
            '<html>no</html>',
            '{"error":{"message":"no","type":"t","code":"c"}}',
            '{"detail":"no"}',
          ]) {
            script = timings['at once']!(status, Buffer.from(body));
            for (const failure of await generate(client)) {
              assert.ok(!mayHaveBeenCharged(failure), `${status} ${body}: ${failure.kind}`);
              assert.doesNotMatch(textOf(failure), /charged/);
            }
          }
        }
      },
    );
  });

  const others: Record<string, Script> = {
    'a hang-up': socket => socket.destroy(),
    'an end without a word': socket => void socket.end(),
    'what is not HTTP': socket => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
    'a TLS alert': socket => void socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 22])),
    'a switch of protocols': socket =>
      void socket.end(
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      ),
    'two lengths': socket =>
      void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x'),
    'an endless head': socket =>
      void socket.end(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}\r\n\r\n{}`),
  };
  for (const [what, script] of Object.entries(others)) {
    test(`a generation that is answered with ${what} may have been charged`, () =>
      withServer(
        () => script,
        async client => {
          for (const failure of await generate(client)) assertUncertain(failure, what);
        },
      ));
  }

  const drip =
    (text: string): Script =>
    socket => {
      const timer = setInterval(() => socket.write(text), 20);
      socket.once('close', () => clearInterval(timer));
    };
  const endless: Record<string, Script> = {
    silence: () => {
      /* nothing */
    },
    'endless 1xx': drip('HTTP/1.1 102 Processing\r\n\r\n'),
    'a head that drips': drip('HTTP/1.1 200 OK\r\nx: y'),
    'a body that drips': socket => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{"data":[');
      drip(' ')(socket);
    },
    'chunks that drip': socket => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      drip('1\r\n \r\n')(socket);
    },
  };
  const quick: [string, (client: JimengClient) => Promise<unknown>][] = [
    ['the question what it is', client => client.about()],
    [
      'what is asked before a generation',
      client => client.generate(checked, { async: true, onlyDemo: true }),
    ],
    ['a task', client => client.getTask('t')],
    ['the list', client => client.listTasks()],
    ['a cancel', client => client.cancelTask('t')],
    ['the check of a session ID', client => client.account.checkToken(session)],
    ['the credits', client => client.account.credits()],
    ['the gift', client => client.account.receiveCredits()],
  ];
  for (const [what, call] of quick) {
    test(`${what} never says that something was charged`, async () => {
      let script: Script;
      await withServer(
        () => script,
        async (client, requests) => {
          const assertFree = async (name: string) => {
            const failure = await failureOf(call(client));
            assert.ok(!mayHaveBeenCharged(failure), `${name}: ${failure.kind}`);
            assert.doesNotMatch(textOf(failure), /charged/, name);
          };
          for (const write of Object.values(timings)) {
            for (const status of [...unclearStatuses, ...refusals]) {
              script = write(
                status,
                status % 2 === 0 ? unclearBodies['HTML']! : Buffer.from('{"hello":"world"}'),
              );
              await assertFree(`HTTP ${status}`);
            }
          }
          for (const [name, body] of Object.entries(unclearBodies).filter(
            ([, body]) => !body.includes('task_id'),
          )) {
            // the others can be read as a task
            script = timings['at once']!(200, body);
            await assertFree(name);
          }
          for (const [name, other] of Object.entries(others)) {
            script = other;
            await assertFree(name);
          }
          for (const [name, wait] of Object.entries(endless)) {
            // ends at its deadline
            script = wait;
            await assertFree(name);
          }
          assert.deepEqual(
            requests.filter(line => line.includes('/generations')),
            [],
            'nothing was generated',
          );
        },
      );
    });
  }

  test('http to a port that speaks TLS: no service, and nothing was charged', async () => {
    const server = createSecureServer({ cert: certificate, key });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const client = new JimengClient({
      address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      session,
      network: direct,
      log,
      quickDeadlineMs,
    });
    try {
      for (const work of [
        client.about(),
        client.generate(checked, { async: true, onlyDemo: true }),
      ]) {
        const failure = await failureOf(work);
        assert.ok(['serviceDown', 'notTheService'].includes(failure.kind), failure.kind);
      }
    } finally {
      await client.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    }
  });
});
