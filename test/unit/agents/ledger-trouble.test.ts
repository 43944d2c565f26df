import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { demoService, type DemoService } from '../../demo-service.ts';
import { scriptedService } from '../../scripted-service.ts';
import { agent, type Agent } from './agent.ts';

const about = { service: 'jimeng-api', status: 'running', version: '1' };

suite('an MCP server whose ledger breaks while it runs', () => {
  let folder: string;
  let ledger: string;
  let service: DemoService;
  let server: Agent;
  let left: boolean;
  const begin = async (sessionId?: string, url?: string) => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-trouble-'));
    await mkdir(join(folder, '.git'));
    ledger = join(folder, '.data', 'jimeng', 'ledger');
    service = await demoService({ delayMs: 1_500, maxConcurrent: 1 });
    left = false;
    server = await agent({
      folder,
      url: url ?? service.url,
      ...(sessionId !== undefined && { env: { JIMENG_SESSION_ID: sessionId } }),
    });
    server.client.onclose = () => {
      left = true;
    };
  };
  teardown(async () => {
    await server.close();
    await service.close();
    await rm(folder, { recursive: true });
  });
  const prompts = async () =>
    (await server.call('list_tasks')).tasks?.map(({ prompt }) => prompt) ?? [];

  const statusOf = async (id: string) => (await server.call('get_task', { taskId: id })).status;
  const statuses = async () =>
    (await server.call('list_tasks')).tasks?.map(({ status }) => status) ?? [];

  if (process.platform !== 'win32') {
    test('a link to itself among the tasks: it goes on', async () => {
      await begin();
      await symlink('loop.json', join(ledger, 'open', 'loop.json'));
      await mkdir(join(ledger, 'done', 'folder.json'));
      await delay(200);
      const { status } = await server.call('generate_image', { prompt: 'a cat', resolution: '1k' });
      assert.equal(status, 'completed');
      assert.deepEqual(await prompts(), ['a cat']);
      assert.ok(!left);
    });
  }

  test('files where its folders were, while a task is at the service: it goes on when they are back', async () => {
    await begin();
    await server.call('generate_image', { prompt: 'a cat', resolution: '1k', waitSeconds: 0 });
    await service.arrived('POST', '/v1/images/generations');
    // Its id is written when the answer comes: not between the two steps below, where that would make the folder anew.
    while ((await statuses())[0] === 'sending') await delay(20);
    await rename(ledger, `${ledger}-away`);
    await writeFile(ledger, '');
    await delay(3_000); // the task ends meanwhile, and cannot be recorded
    assert.deepEqual(await prompts(), []);
    await rm(ledger);
    await rename(`${ledger}-away`, ledger);
    assert.deepEqual(await prompts(), ['a cat']);
    assert.ok(!left);
  });

  test('tasks that fail with the session and cannot be recorded: it goes on', async () => {
    const expires = Promise.withResolvers<unknown>();
    const expiring = await scriptedService({
      'GET /': [{ ...about, endpoints: { tasks: '/v1/tasks' } }],
      'POST /v1/images/generations': [
        response =>
          void expires.promise.then(() =>
            response.end(JSON.stringify({ code: -2002, message: '[登录失效]', data: null })),
          ),
      ],
    });
    await begin(undefined, expiring.url);
    try {
      const call = async (prompt: string) =>
        (await server.call('generate_image', { prompt, resolution: '1k', waitSeconds: 0 })).task_id;
      const [first, , third] = [await call('one'), await call('two'), await call('three')];
      assert.ok(first !== undefined && third !== undefined);
      await mkdir(join(ledger, 'done', `${third}.json`, 'in the way'), { recursive: true });
      expires.resolve(undefined);
      for (let tries = 0; (await statusOf(first)) !== 'failed'; tries++) {
        assert.ok(tries < 500, 'the first one never failed');
        await delay(20);
      }
      await delay(500);
      assert.ok((await prompts()).includes('one'));
      assert.ok(!left);
    } finally {
      await expiring.close();
    }
  });
});
