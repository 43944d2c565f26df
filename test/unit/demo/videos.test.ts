import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { clips } from '../../../src/demo/clips.ts';
import type { Session } from '../../../src/demo/session.ts';
import { readVideoJob } from '../../../src/demo/video-request.ts';
import { built } from '../../built.ts';
import { demoService, type DemoService } from '../../demo-service.ts';
import { receiver, session, talkTo, type Json } from './talk.ts';

const path = '/v1/videos/generations';
const seedance = 'jimeng-video-seedance-2.0';
/** As it lies behind the links. */
const clip = (name: string) => readFile(new URL(`${name}.mp4`, built.clips));
/** Which clip these bytes are: bytes themselves are too many for the words of a failed assertion. */
async function nameOf(bytes: Buffer): Promise<string> {
  for (const { file } of clips)
    if (bytes.equals(await readFile(new URL(file, built.clips)))) return file.replace('.mp4', '');

  return `no clip: ${bytes.length} bytes`;
}

interface Made {
  url: string;
  b64_json?: string;
  revised_prompt: string;
  history_id: string;
  item_id: string;
  preview_url: string;
  hq_url: string;
}

suite('the embedded service makes videos', () => {
  let service: DemoService;
  setup(async () => {
    service = await demoService();
  });
  teardown(() => service.close());
  const { call, task, finished, credits } = talkTo(() => service);

  const generate = (body: Json | FormData, authorization = session) =>
    call('POST', path, body instanceof FormData ? body : { prompt: 'a cat runs', ...body }, {
      authorization,
    });
  async function make(body: Json | FormData, authorization?: string): Promise<Made> {
    const answer = await generate(body, authorization);
    const data = answer['data'] as [Made] | null;
    assert.equal(data?.length, 1, JSON.stringify(answer));
    return data[0];
  }
  function form(
    ...parts: (readonly [field: string, value: string | Uint8Array<ArrayBuffer>])[]
  ): FormData {
    const made = new FormData();
    made.append('prompt', 'a cat runs');
    for (const [field, value] of parts)
      if (typeof value === 'string') made.append(field, value);
      else made.append(field, new Blob([value]), 'frame.png');

    return made;
  }
  async function picture(
    width: number,
    height: number,
    format: 'png' | 'jpeg' | 'webp' = 'png',
  ): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(
      await sharp({ create: { width, height, channels: 3, background: '#48c' } })
        .toFormat(format)
        .toBuffer(),
    );
  }
  async function load(url: string, headers: Record<string, string> = {}) {
    const response = await fetch(url, { headers });
    return {
      status: response.status,
      headers: response.headers,
      bytes: Buffer.from(await response.arrayBuffer()),
    };
  }
  /** Loads until the connection is cut. */
  async function loadWhatComes(url: string) {
    const response = await fetch(url);
    const chunks: Uint8Array[] = [];
    let whole = true;
    try {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
        chunks.push(chunk);
    } catch {
      whole = false;
    }
    return { headers: response.headers, bytes: Buffer.concat(chunks), whole };
  }

  suite('what is silently made of a request', () => {
    for (const [region, model, duration, madeModel, seconds] of [
      ['cn', undefined, undefined, 'jimeng-video-3.5-pro', 5],
      ['cn', 'no-such-model', 10, 'jimeng-video-3.5-pro', 10],
      ['cn', 'constructor', 12, 'jimeng-video-3.5-pro', 12],
      ['cn', 'jimeng-video-3.0', 7, 'jimeng-video-3.0', 5],
      ['cn', 'jimeng-video-3.0', 12, 'jimeng-video-3.0', 5],
      ['cn', 'jimeng-video-3.0', 10, 'jimeng-video-3.0', 10],
      ['cn', 'jimeng-video-3.5-pro', 11, 'jimeng-video-3.5-pro', 5],
      ['us', 'jimeng-video-3.0-pro', 12, 'jimeng-video-3.5-pro', 12],
      ['us', 'jimeng-video-3.0', 10, 'jimeng-video-3.0', 10],
      ['hk', 'jimeng-video-3.0-pro', 10, 'jimeng-video-3.0-pro', 10],
      ['jp', seedance, 7, 'jimeng-video-3.5-pro', 5],
      ['cn', seedance, 7, seedance, 7],
      ['cn', `${seedance}-fast`, 15, `${seedance}-fast`, 15],
      ['sg', 'jimeng-video-veo3', 5, 'jimeng-video-veo3', 8],
      ['sg', 'jimeng-video-veo3.1', undefined, 'jimeng-video-veo3.1', 8],
      ['cn', 'jimeng-video-veo3', 8, 'jimeng-video-3.5-pro', 5],
      ['hk', 'jimeng-video-sora2', 12, 'jimeng-video-sora2', 12],
      ['hk', 'jimeng-video-sora2', 5, 'jimeng-video-sora2', 4],
    ] as const) {
      test(`${region}, ${model ?? 'no model'}, ${duration ?? 'no'} s: ${madeModel}, ${seconds} s`, async () => {
        const body = {
          prompt: 'p',
          ...(model !== undefined && { model }),
          ...(duration !== undefined && { duration }),
        };
        const job = await readVideoJob(body, [], { token: 'x', region } satisfies Session);
        assert.deepEqual([job.model, job.seconds, job.fault], [madeModel, seconds, undefined]);
      });
    }

    test('what is made is what is charged, and a video costs more than a picture', async () => {
      const us = 'Bearer us-0123456789abcdef';
      const spent = async (body: Json, authorization: string) => {
        const before = await credits(authorization);
        await make(body, authorization);
        return before - (await credits(authorization));
      };
      const long = await spent({ model: 'jimeng-video-3.5-pro', duration: 12 }, us);
      assert.equal(
        await spent({ model: 'jimeng-video-2.0', duration: 12 }, us),
        long,
        'US lacks 2.0',
      );
      assert.ok(
        (await spent({ model: 'jimeng-video-2.0', duration: 12 }, session)) < long,
        'CN has it, with at most 10 s',
      );
      assert.ok(
        (await spent({ model: 'jimeng-video-3.0', resolution: '1080p' }, session)) >
          (await spent({ model: 'jimeng-video-3.0' }, session)),
      );
      assert.equal(
        await spent({ resolution: '1080p' }, session),
        await spent({}, session),
        '3.5-pro has no resolutions',
      );
      assert.ok((await spent({}, session)) > 4, 'a picture costs up to 4');
      assert.equal(service.service.generations, 8);
    });
  });

  suite('what is refused at once, and costs nothing', () => {
    for (const [what, body, code, message] of [
      ['no prompt', { prompt: undefined }, -2000, /^Params body\.prompt invalid$/],
      ['a model as number', { model: 3 }, -2000, /^Params body\.model invalid$/],
      ['a ratio as number', { ratio: 1 }, -2000, /body\.ratio/],
      ['a resolution as number', { resolution: 720 }, -2000, /body\.resolution/],
      ['a duration as text', { duration: '5' }, -2000, /^Params body\.duration invalid$/],
      ['half a second', { duration: 5.5 }, -2000, /body\.duration/],
      ['3 s', { duration: 3 }, -2000, /body\.duration/],
      ['16 s', { duration: 16, model: seedance }, -2000, /body\.duration/],
      [
        'one address that is no list',
        { file_paths: 'http://127.0.0.1/a' },
        -2000,
        /body\.file_paths/,
      ],
      ['an unknown mode', { functionMode: 'other' }, -2000, /body\.functionMode/],
      ['async as number', { async: 1 }, -2000, /body\.async/],
      ['a callback that is no address', { callback_url: 'ftp://x' }, -2000, /body\.callback_url/],
      ['three frames', { file_paths: ['http://x/1', 'http://x/2', 'http://x/3'] }, -1000, /2/],
      [
        'no material',
        { functionMode: 'omni_reference', model: seedance },
        -1000,
        /至少需要上传1个素材/,
      ],
      [
        'ten materials',
        {
          functionMode: 'omni_reference',
          model: seedance,
          file_paths: Array.from({ length: 10 }, () => 'http://x/a'),
        },
        -1000,
        /9/,
      ],
    ] as const) {
      test(what, async () => {
        const answer = await generate(body);
        assert.deepEqual([answer['code'], answer['data']], [code, null], JSON.stringify(answer));
        assert.match(answer['message'] as string, message);
        assert.equal(service.service.generations, 0);
      });
    }
  });

  suite('what is refused only when it begins, and costs nothing', () => {
    const omni = { functionMode: 'omni_reference', image_file_1: 'http://x/a' };
    for (const [what, body, message, headers] of [
      [
        'materials for another model',
        { ...omni, model: 'jimeng-video-3.0' },
        /omni_reference.*seedance/,
      ],
      [
        'materials where the region lacks the model',
        { ...omni, model: seedance },
        /omni_reference.*seedance/,
        'Bearer us-0123456789abcdef',
      ],
      [
        'more than 9 materials, from fields and from file_paths',
        {
          ...omni,
          model: seedance,
          file_paths: Array.from({ length: 9 }, (_, n) => `http://x/${n}`),
        },
        /9/,
      ],
      [
        'a material that is no address',
        { ...omni, model: seedance, file_paths: ['a.png'] },
        /image_file_2 URL/,
      ],
      ['a first frame that is no address', { file_paths: ['a.png'] }, /首帧/],
      ['a ratio that videos do not have', { ratio: '3:2' }, /4002/],
      [
        'a resolution that 3.0 does not have',
        { model: 'jimeng-video-3.0', resolution: '4k' },
        /4002/,
      ],
    ] as const) {
      test(what, async () => {
        const answer = await generate(body, headers);
        assert.equal(answer['code'], -2001, JSON.stringify(answer));
        assert.match(answer['message'] as string, message);
        const failed = await finished(
          (await generate({ ...body, async: true }, headers))['task_id'] as string,
        );
        assert.equal(failed['status'], 'failed');
        assert.match(failed['error'] as string, message);
        assert.equal(service.service.generations, 0);
      });
    }
  });

  suite('frames', () => {
    for (const [what, size, format, made] of [
      ['640×480 PNG', [640, 480], 'png', '4x3'],
      ['900×1600 JPEG', [900, 1600], 'jpeg', '9x16'],
      ['2000×900 WebP', [2000, 900], 'webp', '21x9'],
    ] as const) {
      test(`the video of a ${what} is ${made}, whatever ratio is asked for`, async () => {
        const { url } = await make(
          form(['ratio', '1:1'], ['image_file_1', await picture(size[0], size[1], format)]),
        );
        assert.equal(await nameOf((await load(url)).bytes), made);
      });
    }

    test('of a frame that cannot be read, and of an address, it is 16:9', async () => {
      const unreadable = await make(form(['image_file_1', new Uint8Array(20)]));
      assert.equal(await nameOf((await load(unreadable.url)).bytes), '16x9');
      const address = await make({
        file_paths: ['http://127.0.0.1/a.png', 'http://127.0.0.1/b.png'],
        ratio: '1:1',
      });
      assert.equal(await nameOf((await load(address.url)).bytes), '16x9');
    });

    test('multipart: everything is text; the first field is the first frame', async () => {
      const { url } = await make(
        form(
          ['model', 'jimeng-video-3.0'],
          ['duration', '10'],
          ['resolution', '1080p'],
          ['image_file_1', await picture(300, 400)],
          ['image_file_2', await picture(400, 300)],
        ),
      );
      assert.equal(await nameOf((await load(url)).bytes), '3x4');
      assert.equal(10_000 - (await credits()), 40);
    });

    test('two files in the first field are one broken entry', async () => {
      const answer = await generate(
        form(['image_file_1', await picture(4, 3)], ['image_file_1', await picture(4, 3)]),
      );
      assert.equal(answer['code'], -2001);
      assert.match(answer['message'] as string, /首帧/);
      assert.equal(service.service.generations, 0);
    });

    test('three files are refused', async () => {
      const frame = await picture(4, 3);
      assert.equal(
        (
          await generate(
            form(['image_file_1', frame], ['image_file_2', frame], ['image_file_3', frame]),
          )
        )['code'],
        -1000,
      );
    });

    test('an address beside a file is silently lost', async () => {
      const { url } = await make(
        form(['image_file_2', 'http://127.0.0.1/last.png'], ['image_file_1', await picture(3, 4)]),
      );
      assert.equal(await nameOf((await load(url)).bytes), '3x4');
      const file = { field: 'image_file_1', bytes: Buffer.alloc(1) };
      const job = await readVideoJob(
        { prompt: 'p', image_file_2: 'http://x/last', file_paths: ['http://x/other'] },
        [file],
        { token: 'x', region: 'cn' },
      );
      assert.deepEqual(job.materials, [{ field: 'image_file_1' }]);
    });

    test('`file_paths` is for JSON only', async () => {
      assert.match(
        (await generate(form(['file_paths', 'http://127.0.0.1/a.png'])))['message'] as string,
        /body\.file_paths/,
      );
    });

    test('an address that cannot be a last frame is silently left out', async () => {
      const job = await readVideoJob(
        { prompt: 'p', file_paths: ['http://x/first', 'last.png'] },
        [],
        { token: 'x', region: 'cn' },
      );
      assert.deepEqual(
        [job.materials, job.fault],
        [[{ field: 'file_paths', address: 'http://x/first' }], undefined],
      );
    });
  });

  test('a duration that the model lacks is refused by the stock service, and rounded by the task service', async () => {
    const job = (kind: 'stock' | 'task') =>
      readVideoJob(
        { prompt: 'p', model: 'jimeng-video-3.0', duration: 7 },
        [],
        { token: 'x', region: 'cn' },
        kind,
      );
    assert.equal((await job('task')).seconds, 5);
    await assert.rejects(job('stock'), /仅支持.*当前值: 7/);
  });

  suite('reference materials', () => {
    const read = async (body: Json, ...fields: string[]) =>
      (
        await readVideoJob(
          { prompt: 'p', model: seedance, functionMode: 'omni_reference', ...body },
          fields.map(field => ({ field, bytes: Buffer.alloc(1) })),
          { token: 'x', region: 'cn' },
        )
      ).materials;

    test('files, addresses in fields, and file_paths in the fields that are left', async () => {
      assert.deepEqual(
        await read(
          {
            image_file_2: 'http://x/2',
            image_file_1: 'http://x/lost',
            video_file_1: 'http://x/v',
            file_paths: ['http://x/3'],
          },
          'image_file_1',
          'video_file',
        ),
        [
          { field: 'image_file_1' },
          { field: 'video_file' },
          { field: 'image_file_2', address: 'http://x/2' },
          { field: 'video_file_1', address: 'http://x/v' },
          { field: 'image_file_3', address: 'http://x/3' },
        ],
      );
    });

    test('the stock service takes 9 pictures and 3 videos, refuses a fourth video as a file, and loses it as an address', async () => {
      const stock = (body: Json, fields: string[]) =>
        readVideoJob(
          { prompt: 'p', model: seedance, functionMode: 'omni_reference', ...body },
          fields.map(field => ({ field, bytes: Buffer.alloc(1) })),
          { token: 'x', region: 'cn' },
          'stock',
        );
      const pictures = Array.from({ length: 9 }, (_, n) => `image_file_${n + 1}`);
      const videos = [1, 2, 3].map(n => `video_file_${n}`);
      assert.equal((await stock({}, [...pictures, ...videos])).materials.length, 12);
      await assert.rejects(stock({}, [...videos, 'video_file_4']), /最多上传3个视频/);
      assert.equal(
        (
          await stock(
            Object.fromEntries([...videos, 'video_file_4'].map(field => [field, 'http://x/v'])),
            [],
          )
        ).materials.length,
        3,
      );
    });

    test('a field outside 1 to 9, and a text that is no address, are no material', async () => {
      assert.deepEqual(
        await read({
          image_file_1: 'http://x/1',
          image_file_0: 'http://x/0',
          image_file_10: 'http://x/10',
          image_file_2: 'b.png',
        }),
        [{ field: 'image_file_1', address: 'http://x/1' }],
      );
    });

    test('as files: nine are taken, another field is refused; the ratio is the one asked for', async () => {
      const omni = [
        ['functionMode', 'omni_reference'],
        ['model', seedance],
        ['duration', '15'],
        ['ratio', '21:9'],
      ] as const;
      const frame = await picture(3, 4);
      const nine = Array.from({ length: 9 }, (_, n) => [`image_file_${n + 1}`, frame] as const);
      const { url } = await make(form(...omni, ...nine));
      assert.equal(await nameOf((await load(url)).bytes), '21x9');
      assert.equal((await generate(form(...omni, ...nine, ['video_file', frame])))['code'], -1000);
      assert.match(
        (await generate(form(...omni, ['images', frame])))['message'] as string,
        /image_file_1/,
      );
      await make(
        form(...omni, ['video_file_1', frame], ['image_file_1', 'http://127.0.0.1/a.png']),
      );
    });

    test('as addresses', async () => {
      const { revised_prompt: prompt } = await make({
        functionMode: 'omni_reference',
        model: `${seedance}-fast`,
        prompt: '@image_file_1 @video_file_1',
        image_file_1: 'http://x/a',
        video_file_1: 'http://x/b',
      });
      assert.equal(prompt, '@image_file_1 @video_file_1');
    });
  });

  suite('the result', () => {
    test('has two links, the better one twice, and ids that no number holds', async () => {
      const made = await make({});
      assert.equal(made.url, made.hq_url);
      assert.notEqual(made.preview_url, made.hq_url);
      assert.equal(made.revised_prompt, 'a cat runs');
      for (const id of [made.history_id, made.item_id]) assert.match(id, /^\d{19}$/);
      for (const url of [made.url, made.preview_url]) {
        const { status, headers, bytes } = await load(url);
        assert.equal(status, 200);
        assert.equal(headers.get('content-type'), 'video/mp4');
        assert.equal(headers.get('content-length'), String(bytes.length));
        assert.equal(headers.get('accept-ranges'), 'bytes');
        assert.equal(
          await nameOf(bytes),
          '1x1',
          'the ratio of the service where none is asked for',
        );
      }
    });

    for (const { ratio, file } of clips) {
      test(`${ratio} where that is asked for`, async () => {
        assert.equal(`${await nameOf((await load((await make({ ratio })).url)).bytes)}.mp4`, file);
      });
    }

    test('comes inline where that is asked for', async () => {
      const made = await make({ response_format: 'b64_json', ratio: '16:9' });
      assert.equal(await nameOf(Buffer.from(made.b64_json ?? '', 'base64')), '16x9');
      assert.equal('url' in made, false);
      assert.equal(await nameOf((await load(made.preview_url)).bytes), '16x9');
    });

    test('an unknown link is dead', async () => {
      assert.equal((await load(`${service.url}/demo/videos/none.mp4`)).status, 404);
    });
  });

  suite('ranges', () => {
    test('the rest from a byte on, under the same strong etag', async () => {
      const { url } = await make({});
      const whole = await clip('1x1');
      const etag = (await load(url)).headers.get('etag')!;
      assert.match(etag, /^"[^"]+"$/);
      for (const headers of [{}, { 'if-range': etag }] as Record<string, string>[]) {
        const rest = await load(url, { range: 'bytes=1000-', ...headers });
        assert.equal(rest.status, 206);
        assert.equal(
          rest.headers.get('content-range'),
          `bytes 1000-${whole.length - 1}/${whole.length}`,
        );
        assert.equal(rest.headers.get('content-length'), String(whole.length - 1_000));
        assert.equal(rest.headers.get('etag'), etag);
        assert.ok(rest.bytes.equals(whole.subarray(1_000)));
      }
    });

    test('the whole where the file is another one, or the range is of another kind', async () => {
      const { url } = await make({});
      for (const headers of [
        { range: 'bytes=1000-', 'if-range': '"other"' },
        { range: 'bytes=0-9,20-29' },
        { range: 'bytes=-5' },
      ] as Record<string, string>[]) {
        const { status, headers: got, bytes } = await load(url, headers);
        assert.deepEqual([status, got.get('content-range')], [200, null]);
        assert.equal(await nameOf(bytes), '1x1');
      }
    });

    test('416 behind the end', async () => {
      const { url } = await make({});
      const { length } = await clip('1x1');
      const { status, headers } = await load(url, { range: `bytes=${length}-` });
      assert.deepEqual([status, headers.get('content-range')], [416, `bytes */${length}`]);
    });
  });

  suite('words that make something go wrong', () => {
    test('#refused', async () => {
      assert.equal((await generate({ prompt: '#refused' }))['code'], -2006);
    });

    test('#hq-dead: the preview is there', async () => {
      const made = await make({ prompt: '#hq-dead' });
      assert.equal((await load(made.hq_url)).status, 403);
      assert.equal(await nameOf((await load(made.preview_url)).bytes), '1x1');
    });

    test('#broken: no link is alive', async () => {
      const made = await make({ prompt: '#broken' });
      for (const url of [made.url, made.preview_url, made.hq_url])
        assert.equal((await load(url)).status, 404);
    });

    test('#cut: the first answer of each link ends in the middle, and a range request goes on', async () => {
      const made = await make({ prompt: '#cut' });
      const expected = await clip('1x1');
      for (const url of [made.hq_url, made.preview_url]) {
        const { headers, bytes, whole } = await loadWhatComes(url);
        assert.equal(whole, false);
        assert.equal(headers.get('content-length'), String(expected.length));
        assert.ok(bytes.length > 0 && bytes.length < expected.length);
        const rest = await load(url, {
          range: `bytes=${bytes.length}-`,
          'if-range': headers.get('etag')!,
        });
        assert.equal(rest.status, 206);
        assert.equal(await nameOf(Buffer.concat([bytes, rest.bytes])), '1x1');
      }
    });

    test('#damaged: the file itself ends in the middle', async () => {
      const made = await make({ prompt: '#damaged' });
      const { headers, bytes } = await load(made.url);
      const whole = await clip('1x1');
      assert.equal(headers.get('content-length'), String(whole.length >> 1));
      assert.ok(bytes.equals(whole.subarray(0, whole.length >> 1)));
    });
  });

  suite('tasks', () => {
    test('are of type video, show the model asked for, and have the result of a held request', async () => {
      const id = (await generate({ async: true, model: 'no-such-model', duration: 7 }))[
        'task_id'
      ] as string;
      const done = await finished(id);
      assert.deepEqual(
        [done['type'], done['status'], done['model']],
        ['video', 'completed', 'no-such-model'],
      );
      const [made] = (done['result'] as { data: [Made] }).data;
      assert.equal(await nameOf((await load(made.hq_url)).bytes), '1x1');
      assert.deepEqual(
        ((await call('GET', '/v1/tasks/?type=video'))['tasks'] as Json[]).map(
          found => found['task_id'] as string,
        ),
        [id],
      );
      assert.deepEqual((await call('GET', '/v1/tasks/?type=image'))['tasks'], []);
      assert.equal(service.service.generations, 1);
    });

    test('multipart may ask for a task', async () => {
      const id = (await generate(form(['async', 'true'], ['image_file_1', await picture(16, 9)])))[
        'task_id'
      ] as string;
      assert.equal((await finished(id))['status'], 'completed');
      assert.equal((await task(id))['model'], 'jimeng-video-3.5-pro');
    });

    test('async as the text "true" is taken in JSON, and ignored', async () => {
      assert.ok((await make({ async: 'true' })).url);
    });

    test('a callback is told', async () => {
      let told = () => {};
      const heard = new Promise<void>(resolve => {
        told = resolve;
      });
      const hook = await receiver((_, response) => {
        response.end();
        told();
      });
      try {
        const id = (await generate({ async: true, callback_url: hook.url }))['task_id'] as string;
        await heard;
        assert.deepEqual(
          hook.received.map(({ headers, body }) => [
            headers['x-webhook-event'],
            headers['x-task-id'],
            body['type'] as string,
          ]),
          [['task.completed', id, 'video']],
        );
      } finally {
        await hook.close();
      }
    });

    test('the stock service holds the connection, and tells the link alone', async () => {
      await service.close();
      service = await demoService({ kind: 'stock' });
      const made = await make({ async: true });
      assert.deepEqual(Object.keys(made).sort(), ['revised_prompt', 'url']);
      assert.equal(await nameOf((await load(made.url)).bytes), '1x1');
    });

    test('no session, and the sessions that go wrong', async () => {
      const code = async (headers: Record<string, string>) =>
        (await call('POST', path, { prompt: 'p' }, headers))['code'] as number;
      assert.equal(await code({}), -2000);
      assert.equal(await code({ authorization: 'Bearer expired0123456789' }), -2002);
      assert.equal(await code({ authorization: 'Bearer nocredits0123456789' }), -2009);
    });

    test('what is received is reported as it is, and the models are listed', async () => {
      await make({ prompt: '一只猫' });
      const [request] = service.requests;
      assert.deepEqual(
        [request?.method, request?.path, request?.bytes.toString()],
        ['POST', path, '{"prompt":"一只猫"}'],
      );
      const models = ((await call('GET', '/v1/models'))['data'] as { id: string }[]).map(
        ({ id }) => id,
      );
      for (const id of ['jimeng-4.0', 'jimeng-video-3.0', seedance])
        assert.ok(models.includes(id), id);
    });
  });

  suite('the clips', () => {
    test('are of the shapes that they say, small, and have their index at the beginning or at the end', async () => {
      const sizes: number[] = [];
      const layouts = new Set<boolean>();
      for (const { file, shape } of clips) {
        const bytes = await readFile(new URL(file, built.clips));
        const entry = bytes.indexOf('avc1', bytes.indexOf('stsd')); // the brands of the file may name it too
        const [width, height] = [bytes.readUInt16BE(entry + 28), bytes.readUInt16BE(entry + 30)]; // ISO 14496-12, 12.1.3
        assert.ok(Math.abs(width / height / shape - 1) < 0.01, `${file}: ${width}×${height}`);
        sizes.push(bytes.length);
        layouts.add(bytes.indexOf('moov') < bytes.indexOf('mdat'));
      }
      assert.deepEqual((await readdir(built.clips)).sort(), clips.map(({ file }) => file).sort());
      assert.ok(
        Math.max(...sizes) <= 40 * 1024 && sizes.reduce((sum, size) => sum + size) <= 250 * 1024,
        String(sizes),
      );
      assert.equal(layouts.size, 2);
    });
  });
});
