import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { scriptedService } from '../../scripted-service.ts';
import { tinyService } from '../../tiny-service.ts';
import { pictureServer } from '../output/picture-server.ts';
import { photo } from '../convert/samples.ts';
import { agent, namesIn, type Agent } from './agent.ts';

suite('an MCP server that is killed', () => {
  let folder: string;
  const ends: (() => Promise<unknown>)[] = [];
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-restart-'));
    await mkdir(join(folder, '.git'));
  });
  teardown(async () => {
    await Promise.all(ends.splice(0).map(end => end()));
    await rm(folder, { recursive: true });
  });

  const start = async (url: string) => {
    const server = await agent({ folder, url });
    ends.push(() => server.close());
    return server;
  };
  const kill = async ({ transport }: Agent) => {
    const { pid } = transport;
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    for (;;) {
      try {
        process.kill(pid, 0);
      } catch {
        return;
      }
      await delay(5);
    }
  };

  test('and started again at once saves what was paid for', async () => {
    const service = await tinyService({ delayMs: 1_500 });
    ends.push(() => service.close());
    const first = await start(service.url);
    const { task_id: taskId } = await first.call('generate_image', {
      prompt: 'a cat',
      waitSeconds: 0,
    });
    while (service.prompts.length === 0) await delay(10);
    await delay(200);
    await kill(first);
    const second = await start(service.url);
    const answer = await second.call('get_task', { taskId });
    assert.equal(answer.status, 'completed', JSON.stringify(answer));
    assert.equal(
      (await namesIn(join(folder, 'pic'))).filter(name => name.endsWith('.png')).length,
      2,
    );
    assert.equal(service.prompts.length, 1);
  });

  test('while another server runs: that one goes on with the task', async () => {
    const service = await tinyService({ delayMs: 1_500 });
    ends.push(() => service.close());
    const [first, other] = [await start(service.url), await start(service.url)];
    const { task_id: taskId } = await first.call('generate_image', {
      prompt: 'a cat',
      waitSeconds: 0,
    });
    while (service.prompts.length === 0) await delay(10);
    await delay(200);
    await kill(first);
    assert.equal((await other.call('get_task', { taskId })).status, 'completed');
  });

  test('pictures that could not be loaded are fetched when the agent asks, and nothing is "done" before', async () => {
    const png = await photo(40, 30).png().toBuffer();
    const pictures = await pictureServer({ '/1': [404, png], '/2': [404, png] });
    const service = await scriptedService({
      'GET /': [{ service: 'jimeng-api', status: 'running', version: '1', endpoints: {} }],
      'POST /v1/images/generations': [
        { created: 1, data: [1, 2].map(n => ({ url: `${pictures.url}/${n}` })) },
      ],
    });
    ends.push(
      () => pictures.close(),
      () => service.close(),
    );
    const { call } = await start(service.url);
    const made = await call('generate_image', { prompt: 'a cat' });
    assert.equal(made.status, 'partial');
    assert.match(made.message ?? '', /nothing could be saved.*jimeng_fetch_pictures/);
    assert.doesNotMatch(made.message ?? '', /job is done/);
    const fetched = await call('fetch_pictures', { taskId: made.task_id, folder: 'art' });
    assert.equal(fetched.status, 'completed', JSON.stringify(fetched));
    assert.equal(
      (await namesIn(join(folder, 'art'))).filter(name => name.endsWith('.png')).length,
      2,
    );
    const nothing = await call('fetch_pictures', { taskId: made.task_id });
    assert.equal(nothing.status, 'completed');
    assert.equal(service.count('/v1/images/generations'), 1);
  });
});
