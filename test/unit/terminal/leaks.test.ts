import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaks } from '../../leaks.ts';
import { scriptedService } from '../../scripted-service.ts';
import { agent } from '../agents/agent.ts';
import { jimeng } from './cli.ts';

/** Everything that a program has written below a folder. */
async function written(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const texts = await Promise.all(
    names.map(async name =>
      (await stat(join(folder, name))).isFile() ? readFile(join(folder, name), 'latin1') : '',
    ),
  );
  return [...names, ...texts].join('\n');
}

suite('the session ID against a service that repeats it', () => {
  let folder: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-leaks-'));
  });
  teardown(() => rm(folder, { recursive: true }));

  const spellings: ((text: string) => string)[] = [
    text => text,
    text => Buffer.from(text).toString('base64'),
    text => text.replace(/[^]/g, one => `%${one.charCodeAt(0).toString(16)}`),
    text => (/^[0-9a-f]+$/.test(text) ? text.toUpperCase() : text),
  ];

  for (const secret of [
    '0123456789abcdef0123456789abcdef',
    'us-0123456789abcdef0123456789abcdef',
    'abc%2Bdef-ghi.jkl_mno.pqr',
  ]) {
    test(`${secret.slice(0, 3)}…: no part in stdout, stderr, --json, the answers of MCP, the ledger or a file`, async () => {
      const bare = secret.replace(/^us-/, '');
      let turn = 0;
      const padded = () =>
        `${'.'.repeat([0, 190, 270, 280, 290, 295, 299, 301][turn % 8]!)} ${spellings.map(spell => spell(bare)).join(turn % 2 === 0 ? ' ' : '')} ${'.'.repeat(300)}`;
      const say = (body: () => string) => (response: ServerResponse) => {
        turn++;
        response.writeHead(200, { 'x-session': bare }).end(body());
      };
      const failed = () => ({
        task_id: 't',
        status: 'failed',
        error: padded(),
        prompt: padded(),
        model: padded(),
        type: padded(),
      });
      const about = { service: 'jimeng-api', version: `1 ${bare}`, endpoints: { tasks: bare } };
      const bodies = [
        () => JSON.stringify({ code: -1, message: padded() }),
        () => padded(),
        () => JSON.stringify({ error: { message: padded() } }),
        () => JSON.stringify({ data: [{ url: `http://127.0.0.1:9/${bare}` }] }),
        () => JSON.stringify({ task_id: bare, status: 'pending' }),
        () => JSON.stringify({ task_id: 't', status: 'pending' }),
      ];
      const service = await scriptedService({
        'GET /': [about],
        'POST /v1/images/generations': [say(() => bodies[turn % bodies.length]!())],
        'GET /v1/tasks/t': [say(() => JSON.stringify(failed()))],
        'GET /v1/tasks/': [
          say(() =>
            JSON.stringify({
              tasks: [failed(), { ...failed(), task_id: bare }],
              storage_mode: bare,
            }),
          ),
        ],
        'POST /v1/tasks/t/cancel': [say(() => JSON.stringify({ code: -1000, message: padded() }))],
        'POST /token/check': [say(() => JSON.stringify({ live: false }))],
        'POST /token/points': [say(() => JSON.stringify({ code: -1000, message: padded() }))],
        'POST /token/receive': [
          say(() =>
            JSON.stringify([
              { token: bare, credits: { totalCredit: 0 }, received: false, error: padded() },
            ]),
          ),
        ],
      });
      const env = { JIMENG_API_URL: service.url, JIMENG_SESSION_ID: secret };
      try {
        const shown: string[] = [];
        const commands = [
          ...bodies.map(() => ['text', 'a cat']),
          ['text', 'a cat', '--json'],
          ['tasks'],
          ['tasks', '--json'],
          ['task', 't'],
          ['task', 't', '--json'],
          ['cancel', 't'],
          ['cancel', 't', '--json'],
          ['doctor', '--claim'],
          ['doctor', '--json'],
          ['task', bare],
        ];
        for (const command of commands) {
          const { stdout, stderr } = await jimeng(command, { cwd: folder, env });
          shown.push(`${command.slice(0, 1).join()}: ${stdout}\n${stderr}`);
        }
        const client = await agent({ folder, url: service.url, env });
        try {
          for (let call = 0; call < bodies.length; call++)
            await client
              .call('generate_image', { prompt: `a cat ${call}`, wait_seconds: 1 })
              .catch((error: unknown) => shown.push(String(error)));
          await client.call('list_tasks');
        } finally {
          await client.close();
        }
        shown.push(client.said(), await written(folder));
        for (const text of shown) assert.deepEqual(leaks(text, bare), [], text);
        assert.ok(service.arrived.length > 20);
      } finally {
        await service.close();
      }
    });
  }
});
