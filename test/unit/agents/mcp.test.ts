import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoService, type DemoService } from '../../demo-service.ts';
import { partsOf } from '../../multipart.ts';
import { schemaOf, tools } from '../../../src/agents/tools.ts';
import { photo } from '../convert/samples.ts';
import { agent, namesIn, session, type Agent, type AgentOptions } from './agent.ts';

suite('jimeng mcp', () => {
  let folder: string;
  let service: DemoService;
  const agents: Agent[] = [];
  const begin = async (options: Partial<AgentOptions> = {}) => {
    const begun = await agent({ folder, url: service.url, ...options });
    agents.push(begun);
    return begun;
  };
  const posted = () =>
    service.requests.filter(
      ({ method, path }) => method === 'POST' && /generations|compositions/.test(path),
    );

  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-mcp-'));
    await mkdir(join(folder, '.git'));
    service = await demoService();
  });
  teardown(async () => {
    await Promise.all(agents.splice(0).map(each => each.close()));
    await service.close();
    await rm(folder, { recursive: true });
  });

  test('offers every tool, with its schema and what it spends', async () => {
    const { client } = await begin();
    const { tools: listed } = await client.listTools();
    assert.deepEqual(
      listed.map(({ name }) => name),
      [
        'jimeng_generate_image',
        'jimeng_transform_image',
        'jimeng_generate_video',
        'jimeng_get_task',
        'jimeng_list_tasks',
        'jimeng_fetch_pictures',
        'jimeng_cancel_task',
      ],
    );
    for (const [index, { inputSchema, annotations, description = '' }] of listed.entries()) {
      const tool = tools[index]!;
      assert.deepEqual(inputSchema, JSON.parse(JSON.stringify(schemaOf(tool))));
      const spends = tool.wanted !== undefined;
      assert.equal(annotations?.destructiveHint, spends, tool.name);
      assert.equal(annotations.readOnlyHint, /get|list/.test(tool.name), tool.name);
      if (spends) {
        assert.equal(annotations.idempotentHint, false);
        assert.match(description, /Spends .*credits/);
        assert.match(description, /Pass only the parameters that the user named.*Never infer/s);
        assert.match(description, /do not open, read or analyse/);
      }
    }
  });

  test('a request that names nothing sends the defaults, and answers with paths and sizes only', async () => {
    const { call, said } = await begin();
    const answer = await call('generate_image', { prompt: '竖屏 wide landscape, 16:9' });
    assert.deepEqual(service.generationBodies(), [
      {
        model: 'jimeng-4.0',
        prompt: '竖屏 wide landscape, 16:9',
        ratio: '1:1',
        resolution: '2k',
        response_format: 'url',
        async: true,
      },
    ]);
    assert.equal(answer.status, 'completed');
    const names = await namesIn(join(folder, 'pic'));
    assert.deepEqual(
      answer.files,
      names.sort().map(name => ({ path: join(folder, 'pic', name), width: 2048, height: 2048 })),
    );
    assert.equal(names.length, 4);
    assert.match(answer.message ?? '', /job is done.*do not open, read or analyse the files/);
    assert.equal(answer.demo, true);
    assert.ok(said().length < 2_000, 'short, so without any picture');
    assert.ok(!said().includes(session.slice(4, 20)));
  });

  test('what is named is sent as it is', async () => {
    const { call } = await begin();
    const named = {
      prompt: 'a cat',
      model: 'jimeng-3.0',
      ratio: '3:2',
      resolution: '1k',
      negativePrompt: 'dogs',
      sampleStrength: 0.4,
      folder: 'assets/cats',
    };
    const { files } = await call('generate_image', named);
    assert.deepEqual(service.generationBodies(), [
      {
        model: 'jimeng-3.0',
        prompt: 'a cat',
        ratio: '3:2',
        resolution: '1k',
        negative_prompt: 'dogs',
        sample_strength: 0.4,
        response_format: 'url',
        async: true,
      },
    ]);
    assert.deepEqual((await namesIn(join(folder, 'assets/cats'))).length, files?.length);
  });

  test('pictures are made from pictures of the project and from addresses', async () => {
    await mkdir(join(folder, 'art'));
    await writeFile(join(folder, 'art', 'a.png'), await photo(60, 40).png().toBuffer());
    const { call } = await begin();
    const answer = await call('transform_image', {
      prompt: 'as a watercolour',
      images: ['art/a.png', join(folder, 'art', 'a.png')],
      resolution: '1k',
    });
    assert.equal(answer.status, 'completed', JSON.stringify(answer));
    const parts = await partsOf(posted()[0]!);
    assert.deepEqual(
      parts
        .filter(([name]) => name === 'images')
        .map(([, value]) => value.split(' ').slice(0, 2).join(' ')),
      ['a.png image/png', 'a.png image/png'],
    );
    await call('transform_image', {
      prompt: 'as a watercolour',
      images: ['https://example.com/a.png'],
      resolution: '1k',
      waitSeconds: 0,
    });
    await service.arrived('POST', '/v1/images/compositions');
    assert.match(
      (await call('transform_image', { prompt: 'x', images: ['art/b.png'] })).error?.message ?? '',
      /b\.png does not exist/,
    );
  });

  test('a video from a frame: what is named is sent, and the answer is its path', async () => {
    await writeFile(join(folder, 'first.png'), await photo(90, 60).png().toBuffer());
    const { call, said } = await begin();
    const answer = await call('generate_video', {
      prompt: 'it moves',
      images: ['first.png'],
      duration: 10,
    });
    assert.equal(answer.status, 'completed', JSON.stringify(answer));
    assert.equal(posted().length, 1);
    const parts = await partsOf(posted()[0]!);
    assert.deepEqual(
      parts.filter(([name]) => name !== 'image_file_1'),
      [
        ['model', 'jimeng-video-3.5-pro'],
        ['prompt', 'it moves'],
        ['duration', '10'],
        ['response_format', 'url'],
        ['async', 'true'],
      ],
    );
    assert.match(answer.files?.[0]?.path ?? '', /pic.jimeng_\d{8}_\d{6}_1\.mp4$/);
    assert.ok(said().length < 2_000);
  });

  test("the client's roots are the project", async () => {
    const roots = [join(folder, 'one'), join(folder, 'two')];
    for (const root of roots) await mkdir(root);
    await writeFile(join(folder, 'two', 'b.png'), await photo(30, 30).png().toBuffer());
    const { call } = await begin({ roots });
    const { files } = await call('transform_image', {
      prompt: 'x',
      images: ['b.png'],
      resolution: '1k',
    });
    assert.deepEqual(
      (await namesIn(join(folder, 'one', 'pic'))).map(name => join(folder, 'one', 'pic', name)),
      files?.map(({ path }) => path),
    );
    assert.equal(
      (await call('generate_image', { prompt: 'x', folder: join(folder, 'three') })).error?.kind,
      'outsideProject',
    );
  });

  test('a long job answers with its id, and is asked for again', async () => {
    await service.close();
    service = await demoService({ delayMs: 1_500 });
    const { call } = await begin();
    const begun = await call('generate_image', {
      prompt: 'a cat',
      resolution: '1k',
      waitSeconds: 0,
    });
    assert.equal(begun.files, undefined);
    assert.match(
      begun.message ?? '',
      /jimeng_get_task \{"taskId": "[\w-]+"\}.*do not generate it again/,
    );
    const { task_id: taskId = '' } = begun;
    assert.equal((await call('get_task', { taskId, waitSeconds: 0 })).files, undefined);
    const unfinished = await call('list_tasks', { unfinished: true });
    assert.deepEqual(
      unfinished.tasks?.map(({ task_id, prompt }) => [task_id, prompt]),
      [[taskId, 'a cat']],
    );
    const ended = await call('get_task', { taskId });
    assert.equal(ended.status, 'completed');
    assert.equal(ended.files?.length, 4);
    assert.deepEqual(
      (await call('list_tasks')).tasks?.map(({ files }) => files?.length),
      [4],
    );
    assert.equal(posted().length, 1);
  });

  test('what waits is cancelled for nothing; what the service works on is not', async () => {
    await service.close();
    service = await demoService({ delayMs: 3_000 });
    const { call } = await begin();
    const ids: string[] = [];
    for (const prompt of ['one', 'two', 'three'])
      ids.push(
        (await call('generate_image', { prompt, resolution: '1k', waitSeconds: 0 })).task_id!,
      );
    assert.equal((await call('cancel_task', { taskId: ids[2] })).status, 'cancelled');
    for (let status = ''; status !== 'processing';)
      status = (await call('get_task', { taskId: ids[0], waitSeconds: 0 })).status ?? '';
    const late = await call('cancel_task', { taskId: ids[0] });
    assert.match(late.message ?? '', /can no longer be cancelled/);
    assert.deepEqual(
      (await Promise.all(ids.map(taskId => call('get_task', { taskId })))).map(
        ({ status }) => status,
      ),
      ['completed', 'completed', 'cancelled'],
    );
    assert.equal(posted().length, 2);
  });

  test('a call that is given up cancels what is free, and says nothing', async () => {
    await service.close();
    service = await demoService({ delayMs: 2_000, maxConcurrent: 1 });
    const { call } = await begin();
    const { task_id: taskId } = await call('generate_image', {
      prompt: 'one',
      resolution: '1k',
      waitSeconds: 0,
    });
    const given = new AbortController();
    const second = call('generate_image', { prompt: 'two', resolution: '1k' }, given.signal);
    second.catch(() => {
      /* looked at below */
    });
    const stateOf = async (prompt: string) =>
      (await call('list_tasks')).tasks?.find(task => task.prompt === prompt)?.status ?? '';
    for (let status = ''; !['pending', 'queued'].includes(status);) status = await stateOf('two');
    given.abort();
    await assert.rejects(second);
    for (let status = ''; status !== 'cancelled';) status = await stateOf('two');
    assert.equal((await call('get_task', { taskId })).status, 'completed');
    const { tasks: atService } = (await (await fetch(`${service.url}/v1/tasks/`)).json()) as {
      tasks: { prompt: string; status: string }[];
    };
    assert.deepEqual(
      atService.map(({ prompt, status }) => [prompt, status]),
      [
        ['two', 'cancelled'],
        ['one', 'completed'],
      ],
    );
  });

  test('a video: what is named is sent, and what the model lacks is refused', async () => {
    const { call } = await begin();
    await call('generate_video', { prompt: 'waves', waitSeconds: 0 });
    const { bytes } = await service.arrived('POST', '/v1/videos/generations');
    assert.deepEqual(JSON.parse(bytes.toString()), {
      model: 'jimeng-video-3.5-pro',
      prompt: 'waves',
      response_format: 'url',
      async: true,
    });
    assert.match(
      (await call('generate_video', { prompt: 'waves', duration: 7 })).error?.message ?? '',
      /makes videos of 5, 10, 12 seconds/,
    );
    assert.equal(
      (await call('generate_video', { prompt: 'waves', model: 'jimeng-video-9' })).error?.try_again,
      'after_change',
    );
    assert.equal(posted().length, 1);
  });

  test('tasks of other projects are not seen', async () => {
    await mkdir(join(folder, 'one'));
    await mkdir(join(folder, 'two'));
    const one = await begin({ roots: [join(folder, 'one')] });
    const two = await begin({ roots: [join(folder, 'two')] });
    const { task_id: taskId } = await one.call('generate_image', {
      prompt: 'secret',
      resolution: '1k',
    });
    assert.deepEqual((await two.call('list_tasks')).tasks, []);
    assert.equal((await two.call('get_task', { taskId })).error?.kind, 'unknownTask');
    assert.equal((await two.call('cancel_task', { taskId })).error?.kind, 'unknownTask');
  });
});
