import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { demoService, type DemoService } from '../../demo-service.ts';
import { receiver, session, talkTo, type Json } from './talk.ts';

/* eslint-disable @typescript-eslint/no-unsafe-member-access -- a test looks into what it got */
const images = '/v1/images/generations';

suite('the embedded service speaks the contract', () => {
  let service: DemoService;
  teardown(() => service.close());

  const { call, task, finished, credits } = talkTo(() => service);
  const generate = (body: Json, headers?: Record<string, string>) =>
    call('POST', images, { prompt: 'a cute cat', resolution: '1k', ...body }, headers);
  const submit = async (body: Json = {}) =>
    (await generate({ async: true, ...body }))['task_id'] as string;
  async function load(url: string) {
    const response = await fetch(url);
    const bytes = Buffer.from(await response.arrayBuffer());
    return {
      type: response.headers.get('content-type'),
      bytes,
      picture: await sharp(bytes).metadata(),
    };
  }

  suite('errors are a code in HTTP 200', () => {
    setup(async () => {
      service = await demoService();
    });
    for (const [what, method, path, body, headers, code, message] of [
      ['no prompt', 'POST', images, {}, undefined, -2000, /body\.prompt/],
      ['a number as prompt', 'POST', images, { prompt: 7 }, undefined, -2000, /body\.prompt/],
      [
        'an unknown ratio',
        'POST',
        images,
        { prompt: 'p', ratio: '5:7' },
        undefined,
        -1000,
        /不支持的比例/,
      ],
      [
        'an unknown resolution',
        'POST',
        images,
        { prompt: 'p', resolution: '8k' },
        undefined,
        -1000,
        /不支持的分辨率/,
      ],
      ['size', 'POST', images, { prompt: 'p', size: '1024x1024' }, undefined, -1000, /size/],
      [
        'a strength as text',
        'POST',
        images,
        { prompt: 'p', sample_strength: '0.5' },
        undefined,
        -2000,
        /sample_strength/,
      ],
      ['async as text', 'POST', images, { prompt: 'p', async: 'true' }, undefined, -2000, /async/],
      ['no session', 'POST', images, { prompt: 'p' }, {}, -2000, /authorization/i],
      ['JSON that is none', 'POST', images, '{"prompt":', undefined, -1000, /JSON/],
      [
        'a model the US site lacks',
        'POST',
        images,
        { prompt: 'p', model: 'jimeng-3.1' },
        { authorization: 'Bearer us-0123456789abcdef' },
        -1000,
        /jimeng-3\.1/,
      ],
      [
        'an expired session',
        'POST',
        images,
        { prompt: 'p' },
        { authorization: 'Bearer expired0123456789' },
        -2002,
        /登录失效/,
      ],
      [
        'no credits',
        'POST',
        images,
        { prompt: 'p' },
        { authorization: 'Bearer nocredits0123456789' },
        -2009,
        /积分不足/,
      ],
      [
        'risk control',
        'POST',
        images,
        { prompt: 'p' },
        { authorization: 'Bearer risk0123456789' },
        -2001,
        /shark not pass/,
      ],
      ['a refused prompt', 'POST', images, { prompt: '#refused' }, undefined, -2006, /./],
      [
        'eleven inputs',
        'POST',
        '/v1/images/compositions',
        { prompt: 'p', images: Array.from({ length: 11 }, () => 'http://127.0.0.1/') },
        undefined,
        -1000,
        /10/,
      ],
      ['an unknown task', 'GET', '/v1/tasks/none', undefined, undefined, -1000, /任务不存在/],
      [
        'the list without a slash',
        'GET',
        '/v1/tasks',
        undefined,
        undefined,
        -1000,
        /请检查API文档/,
      ],
      [
        'credits of an expired session',
        'POST',
        '/token/points',
        {},
        { authorization: 'Bearer expired0123456789' },
        -2002,
        /登录失效/,
      ],
      ['an unknown route', 'GET', '/v1/nothing', undefined, undefined, -1000, /请检查API文档/],
    ] as const) {
      test(what, async () => {
        const answer = await call(method, path, body, headers);
        assert.deepEqual([answer['code'], answer['data']], [code, null], JSON.stringify(answer));
        assert.match(answer['message'] as string, message);
        assert.equal(
          service.service.generations,
          code === -2006 ? 1 : 0,
          'only what the prompt is about is found out after the beginning',
        );
      });
    }
  });

  suite('pictures', () => {
    setup(async () => {
      service = await demoService();
    });
    for (const [what, body, width, height, count, headers] of [
      ['the defaults of the service', { resolution: undefined }, 2048, 2048, 4],
      ['16:9 in 2k', { ratio: '16:9', resolution: '2k' }, 2560, 1440, 4],
      ['21:9 in 1k', { ratio: '21:9' }, 1195, 512, 4],
      ['4k', { ratio: '3:2', resolution: '4k', prompt: '1张' }, 4992, 3328, 1],
      ['an intelligent ratio', { prompt: '竖屏手机壁纸', intelligent_ratio: true }, 576, 1024, 4],
      [
        'an intelligent ratio on a model that ignores it',
        { prompt: '竖屏', intelligent_ratio: true, model: 'jimeng-3.0' },
        1024,
        1024,
        4,
      ],
      ['a number of pictures in the prompt', { prompt: '画6张猫' }, 1024, 1024, 6],
      [
        'nanobanana on the US site',
        { model: 'nanobanana', ratio: '16:9', resolution: '4k' },
        1024,
        1024,
        1,
        { authorization: 'Bearer us-0123456789abcdef' },
      ],
    ] as const) {
      test(`${what}: ${count} of ${width}×${height}`, async () => {
        const answer = await generate(body, headers);
        const data = answer['data'] as { url: string }[];
        assert.equal(data.length, count);
        const { picture } = await load(data.at(-1)!.url);
        assert.deepEqual([picture.width, picture.height], [width, height]);
      });
    }

    test('variations differ, are the same again for the same prompt, and depend on it', async () => {
      const bytesOf = async (prompt: string) =>
        Promise.all(
          ((await generate({ prompt }))['data'] as { url: string }[]).map(async ({ url }) =>
            (await load(url)).bytes.toString('base64'),
          ),
        );
      const [cat, again, dog] = [await bytesOf('cat'), await bytesOf('cat'), await bytesOf('dog')];
      assert.equal(new Set([...cat, ...dog]).size, 8);
      assert.deepEqual(again, cat);
    });

    test('come as WebP, JPEG and PNG behind links that all say .png', async () => {
      const urls = ((await generate({}))['data'] as { url: string }[]).map(({ url }) => url);
      assert.ok(urls.every(url => url.endsWith('.png')));
      const formats = await Promise.all(urls.map(async url => (await load(url)).picture.format));
      assert.deepEqual([...new Set(formats)].sort(), ['jpeg', 'png', 'webp']);
    });

    test('come inline where that is asked for', async () => {
      const answer = await generate({ response_format: 'b64_json' });
      const [first] = answer['data'] as { b64_json: string }[];
      assert.equal((await sharp(Buffer.from(first!.b64_json, 'base64')).metadata()).width, 1024);
    });

    test('an unknown model is silently replaced on the Chinese site, and charged', async () => {
      assert.equal((await generate({ model: 'no-such-model' }))['data'].length, 4);
      assert.equal(service.service.generations, 1);
    });

    test('the reader rewrites the JSON text: some spaces, byte order marks, commas before a bracket', async () => {
      const id = (
        await call('POST', images, '{"prompt":"a\u00a0b\u2003c\ufeffd ,]","async":true}')
      )['task_id'] as string;
      assert.equal((await task(id))['prompt'], 'a b cd ]');
    });
  });

  suite('compositions', () => {
    setup(async () => {
      service = await demoService();
    });
    const path = '/v1/images/compositions';

    test('multipart: files count, an address beside them is silently lost', async () => {
      const form = new FormData();
      form.append('prompt', 'together');
      form.append('resolution', '1k');
      form.append('images', new Blob(['one']), 'a.png');
      form.append('images', new Blob(['two']), 'b.png');
      form.append('images', 'http://127.0.0.1/c.png');
      const answer = await call('POST', path, form);
      assert.equal(answer['input_images'], 2, JSON.stringify(answer));
    });

    test('JSON: addresses as texts or as objects', async () => {
      const answer = await call('POST', path, {
        prompt: 'together',
        resolution: '1k',
        images: ['http://127.0.0.1/a', { url: 'http://127.0.0.1/b' }],
      });
      assert.equal(answer['input_images'], 2);
    });

    test('a picture depends on its inputs and their order', async () => {
      const made = async (...inputs: string[]) => {
        const answer = await call('POST', path, {
          prompt: 'together',
          resolution: '1k',
          images: inputs,
        });
        return (await load((answer['data'] as { url: string }[])[0]!.url)).bytes.toString('base64');
      };
      const [ab, ba, a] = [
        await made('http://x/a', 'http://x/b'),
        await made('http://x/b', 'http://x/a'),
        await made('http://x/a'),
      ];
      assert.equal(new Set([ab, ba, a]).size, 3);
    });
  });

  suite('tasks', () => {
    test('pending, processing, completed; the result as a held request has it', async () => {
      service = await demoService({ delayMs: 50 });
      const submitted = await generate({ async: true });
      assert.deepEqual(Object.keys(submitted).sort(), ['status', 'task_id']);
      assert.equal(submitted['status'], 'pending');
      const done = await finished(submitted['task_id'] as string);
      assert.equal(done['status'], 'completed');
      assert.equal(done['result'].data.length, 4);
      assert.equal(typeof done['queue_stats'].running, 'number');
    });

    test('over the limit they are queued; queued ones can be cancelled, others not', async () => {
      service = await demoService({ maxConcurrent: 1, delayMs: 200 });
      const [first, second] = [await submit(), await submit()];
      await delay(20);
      assert.deepEqual(
        [(await task(first))['status'], (await task(second))['status']],
        ['processing', 'queued'],
      );
      assert.match(
        (await call('POST', `/v1/tasks/${first}/cancel`, {}))['message'] as string,
        /processing，无法取消/,
      );
      assert.equal((await call('POST', `/v1/tasks/${second}/cancel`, {}))['status'], 'cancelled');
      assert.equal((await task(second))['status'], 'cancelled');
      assert.equal((await finished(first))['status'], 'completed');
      assert.match(
        (await call('POST', `/v1/tasks/${first}/cancel`, {}))['message'] as string,
        /completed，无法取消/,
      );
      assert.equal(service.service.generations, 1);
    });

    test('a failure is told by its text alone', async () => {
      service = await demoService();
      const id = await submit({ prompt: '#refused' });
      const failed = await finished(id);
      assert.equal(failed['status'], 'failed');
      assert.equal(typeof failed['error'], 'string');
      assert.equal(failed['code'], undefined);
    });

    for (const [what, body] of [
      ['an unknown ratio', { ratio: '5:4' }],
      ['an unknown resolution', { resolution: '8k' }],
      ['a model that the site lacks', { model: 'jimeng-3.1' }],
    ] as const) {
      test(`${what} is found when the task is begun: it fails, and costs nothing`, async () => {
        service = await demoService();
        const headers = { authorization: session.replace('Bearer ', 'Bearer us-') };
        const whole = { model: 'jimeng-4.0', prompt: 'a cat', ...body };
        const path = '/v1/images/generations';
        const { task_id: id } = await call('POST', path, { ...whole, async: true }, headers);
        const failed = await finished(id as string);
        assert.equal(failed['status'], 'failed');
        const held = await call('POST', path, whole, headers);
        assert.equal(held['code'], -1000);
        assert.equal(failed['error'], held['message']);
        assert.equal(service.service.generations, 0);
      });
    }

    test('the list is newest first, by status, type and limit', async () => {
      service = await demoService();
      const ids = [await submit(), await submit({ prompt: '#refused' }), await submit()];
      for (const id of ids) await finished(id);
      const list = async (query: string) =>
        ((await call('GET', `/v1/tasks/${query}`))['tasks'] as Json[]).map(found =>
          ids.indexOf(found['task_id'] as string),
        );
      assert.deepEqual(await list(''), [2, 1, 0]);
      assert.deepEqual(await list('?limit=1'), [2]);
      assert.deepEqual(await list('?status=failed'), [1]);
      assert.deepEqual(await list('?type=video'), []);
    });

    test('a stock service ignores `async` and has no tasks', async () => {
      service = await demoService({ kind: 'stock' });
      assert.equal((await generate({ async: true }))['data'].length, 4);
      assert.match((await call('GET', '/v1/tasks'))['message'] as string, /请检查API文档/);
      assert.equal('tasks' in (await call('GET', '/'))['endpoints'], false);
    });

    test('says what it is: a demo, with tasks', async () => {
      service = await demoService();
      const about = await call('GET', '/');
      assert.equal(about['demo'], true);
      assert.ok('tasks' in about['endpoints']);
      assert.equal(await (await fetch(`${service.url}/ping`)).text(), 'pong');
    });
  });

  suite('webhooks', () => {
    for (const [what, status, attempts] of [
      ['answered with 204', 204, 1],
      ['answered with 302', 302, 1],
      ['answered with 500', 500, 4],
    ] as const) {
      test(`${what}: ${attempts} attempts`, async () => {
        service = await demoService({ webhookRetriesMs: [5, 10, 15] });
        const hook = await receiver((_, response) => response.writeHead(status).end());
        try {
          const id = await submit({ callback_url: hook.url });
          await finished(id);
          await delay(200);
          assert.equal(hook.received.length, attempts);
          for (const { headers, body } of hook.received) {
            assert.equal(headers['x-task-id'], id);
            assert.equal(headers['x-webhook-event'], 'task.completed');
            assert.equal(body['task_id'], id);
            assert.equal(body['result'].data.length, 4);
          }
        } finally {
          await hook.close();
        }
      });
    }

    test('a failed task is told too', async () => {
      service = await demoService({ webhookRetriesMs: [] });
      const hook = await receiver((_, response) => response.end());
      try {
        await finished(await submit({ prompt: '#refused', callback_url: hook.url }));
        await delay(100);
        assert.equal(hook.received[0]?.headers['x-webhook-event'], 'task.failed');
      } finally {
        await hook.close();
      }
    });

    test('an address that is none is refused', async () => {
      service = await demoService();
      assert.equal((await generate({ async: true, callback_url: 'ftp://x' }))['code'], -2000);
    });
  });

  suite('the account', () => {
    setup(async () => {
      service = await demoService();
    });

    test('whether a token is alive', async () => {
      assert.deepEqual(await call('POST', '/token/check', { token: '0123456789abcdef' }), {
        live: true,
      });
      assert.deepEqual(await call('POST', '/token/check', { token: 'expired0123456789' }), {
        live: false,
      });
      assert.equal((await call('POST', '/token/check', {}))['code'], -2000);
    });

    test('credits go down with each generation, and the gift comes only at 0', async () => {
      const before = await credits(session);
      await generate({});
      assert.equal(await credits(session), before - 1);
      const poor = 'Bearer nocredits0123456789';
      assert.equal(await credits(poor), 0);
      const received = (await call(
        'POST',
        '/token/receive',
        {},
        { authorization: poor },
      )) as unknown as Json[];
      assert.equal(received[0]!['received'], true);
      assert.ok((await credits(poor)) > 0);
    });
  });
});
