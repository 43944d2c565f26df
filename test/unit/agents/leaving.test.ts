import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { built } from '../../built.ts';
import { demoService, type DemoService } from '../../demo-service.ts';
import { agent, namesIn, session } from './agent.ts';

suite('an MCP client that leaves', () => {
  let folder: string;
  let service: DemoService;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-leaving-'));
    await mkdir(join(folder, '.git'));
  });
  teardown(async () => {
    await service.close();
    await rm(folder, { recursive: true });
  });

  /** A client that calls once for each prompt, waits for the answers, and closes stdin; nothing kills the server. */
  const callAndLeave = async (...prompts: string[]) => {
    const child = spawn(process.execPath, [fileURLToPath(built.cli), 'mcp'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        HOME: join(folder, 'home'),
        XDG_DATA_HOME: join(folder, '.data'),
        JIMENG_API_URL: service.url,
        JIMENG_SESSION_ID: session,
      },
    });
    const ended = new Promise<number | null>(resolve => child.once('close', resolve));
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const send = (message: object) =>
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    const answer = async () => JSON.parse(String((await lines.next()).value)) as object; // stdout carries nothing but the protocol
    send({
      id: 0,
      method: 'initialize',
      params: {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 'test', version: '1' },
      },
    });
    await answer();
    send({ method: 'notifications/initialized' });
    for (const [index, prompt] of prompts.entries()) {
      send({
        id: index + 1,
        method: 'tools/call',
        params: {
          name: 'jimeng_generate_image',
          arguments: { prompt, resolution: '1k', waitSeconds: 0 },
        },
      });
      await answer();
    }
    await service.arrived('POST', '/v1/images/generations');
    child.stdin.end();
    return ended;
  };
  const ledger = async (place: string) => {
    const names = (await namesIn(join(folder, '.data/jimeng/ledger', place))).filter(name =>
      name.endsWith('.json'),
    );
    const texts = await Promise.all(
      names.map(name => readFile(join(folder, '.data/jimeng/ledger', place, name), 'utf8')),
    );
    return texts.map(text => JSON.parse(text) as { id: string; state: { status: string } });
  };

  test('a held request is waited for and saved, and what waited is not sent any more', async () => {
    service = await demoService({ kind: 'stock', delayMs: 1_500 });
    assert.equal(await callAndLeave('one', 'two', 'three'), 0);
    assert.equal((await readdir(join(folder, 'pic'))).length, 8);
    assert.deepEqual(await ledger('open'), []);
    assert.deepEqual((await ledger('done')).map(({ state: { status } }) => status).sort(), [
      'cancelled',
      'completed',
      'completed',
    ]);
    assert.equal(service.generationBodies().length, 2);
  });

  test('a task at the service is left there, and the next server takes it up', async () => {
    service = await demoService({ delayMs: 2_000 });
    assert.equal(await callAndLeave('one'), 0);
    assert.deepEqual(await namesIn(join(folder, 'pic')), []);
    const [left] = await ledger('open');
    assert.ok(
      left && ['pending', 'queued', 'processing'].includes(left.state.status),
      left?.state.status,
    );
    const next = await agent({ folder, url: service.url });
    try {
      const answer = await next.call('get_task', { taskId: left.id });
      assert.equal(answer.status, 'completed');
      assert.equal((await readdir(join(folder, 'pic'))).length, 4);
      assert.equal(service.generationBodies().length, 1);
    } finally {
      await next.close();
    }
  });
});
