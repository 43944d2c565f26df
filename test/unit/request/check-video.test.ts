import assert from 'node:assert/strict';
import type { Region } from '../../../src/core/request/models.ts';
import { check } from '../../../src/core/request/check.ts';
import type { CheckOptions } from '../../../src/core/request/checked.ts';
import { videoModels } from '../../../src/core/request/video-models.ts';
import type { VideoRequest } from '../../../src/core/request/schema.ts';

suite('check of a video', () => {
  const ask = (
    chosen: Partial<VideoRequest>,
    region: Region = 'cn',
    options: Partial<CheckOptions> = {},
  ) =>
    check({ kind: 'video', prompt: 'a cat jumps', ...chosen }, region, {
      unknownModels: 'refuse',
      ...options,
    });
  const accepted = (
    chosen: Partial<VideoRequest>,
    region?: Region,
    options?: Partial<CheckOptions>,
  ) => {
    const checked = ask(chosen, region, options);
    assert.ok(checked.ok, checked.ok ? '' : checked.refusal.message);
    return checked;
  };
  const files = (...names: string[]) => names.map(name => ({ uri: `file:///project/${name}` }));

  test('a prompt alone is sent with the usual model, and the rest is left to the service', () => {
    const { body, outcome, warnings } = accepted({});
    assert.deepEqual(body, {
      model: 'jimeng-video-3.5-pro',
      prompt: 'a cat jumps',
      response_format: 'url',
    });
    assert.deepEqual(outcome, {
      model: 'jimeng-video-3.5-pro',
      duration: 5,
      ratio: undefined,
      resolution: undefined,
    });
    assert.deepEqual(warnings, []);
  });

  test('everything that was chosen is sent', () => {
    const { body } = accepted({
      model: 'jimeng-video-3.0',
      ratio: '9:16',
      resolution: '1080p',
      duration: 10,
    });
    assert.deepEqual(body, {
      model: 'jimeng-video-3.0',
      prompt: 'a cat jumps',
      ratio: '9:16',
      resolution: '1080p',
      duration: 10,
      response_format: 'url',
    });
  });

  test('a duration that the model needs is sent though nobody chose it', () => {
    assert.equal(accepted({ model: 'jimeng-video-veo3' }, 'hk').body.duration, 8);
    assert.equal(accepted({ model: 'jimeng-video-veo3.1' }, 'jp').body.duration, 8);
    assert.equal(accepted({ model: 'jimeng-video-sora2' }, 'sg').body.duration, 4);
    assert.equal(accepted({ model: 'jimeng-video-seedance-2.0' }).body.duration, undefined);
  });

  /** service-contract, Models: the table of videos, line by line. */
  const table: Record<string, [regions: string, durations: number[]]> = {
    'jimeng-video-3.5-pro': ['cn us hk jp sg', [5, 10, 12]],
    'jimeng-video-3.0': ['cn us hk jp sg', [5, 10]],
    'jimeng-video-3.0-pro': ['cn hk jp sg', [5, 10]],
    'jimeng-video-3.0-fast': ['cn hk jp sg', [5, 10]],
    'jimeng-video-2.0': ['cn hk jp sg', [5, 10]],
    'jimeng-video-2.0-pro': ['cn hk jp sg', [5, 10]],
    'jimeng-video-seedance-2.0': ['cn', [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]],
    'jimeng-video-seedance-2.0-fast': ['cn', [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]],
    'jimeng-video-veo3': ['hk jp sg', [8]],
    'jimeng-video-veo3.1': ['hk jp sg', [8]],
    'jimeng-video-sora2': ['hk jp sg', [4, 8, 12]],
  };
  test('the table has every model', () =>
    assert.deepEqual(
      videoModels.map(({ id }) => id),
      Object.keys(table),
    ));
  for (const [model, [regions, durations]] of Object.entries(table)) {
    test(`${model}: regions and durations`, () => {
      for (const region of ['cn', 'us', 'hk', 'jp', 'sg'] as const) {
        const there = regions.split(' ').includes(region);
        for (let duration = 1; duration <= 20; duration++)
          assert.equal(
            ask({ model, duration }, region).ok,
            there && durations.includes(duration),
            `${region}, ${duration} s`,
          );
      }
    });
  }

  for (const [what, chosen, region, kind] of [
    ['an empty prompt', { prompt: ' ' }, 'cn', 'emptyPrompt'],
    [
      'a model that the service would silently replace',
      { model: 'jimeng-video-sora2' },
      'cn',
      'modelNotInRegion',
    ],
    ['a model that nobody knows', { model: 'jimeng-video-9' }, 'cn', 'unknownModel'],
    ['a model of pictures', { model: 'jimeng-4.0' }, 'cn', 'unknownModel'],
    [
      'a duration that the service would silently change',
      { model: 'jimeng-video-3.0', duration: 7 },
      'cn',
      'duration',
    ],
    [
      'a duration that is no whole number',
      { model: 'jimeng-video-seedance-2.0', duration: 4.5 },
      'cn',
      'duration',
    ],
    ['a duration that is no number', { duration: NaN }, 'cn', 'duration'],
    ['a ratio of pictures alone', { ratio: '3:2' }, 'cn', 'unknownRatio'],
    ['a resolution of pictures', { resolution: '2k' }, 'cn', 'unknownResolution'],
    ['three frames', { images: files('a.png', 'b.png', 'c.png') }, 'cn', 'inputs'],
    ['no frame in a list of frames', { images: [] }, 'cn', 'inputs'],
    ['a video as a frame', { images: files('a.mp4') }, 'cn', 'inputs'],
    [
      'materials for a model that takes none',
      { omniReference: true, images: files('a.png') },
      'cn',
      'omniReference',
    ],
    ['no material', { omniReference: true, model: 'jimeng-video-seedance-2.0' }, 'cn', 'inputs'],
    [
      'ten materials',
      {
        omniReference: true,
        model: 'jimeng-video-seedance-2.0',
        images: files(...Array.from({ length: 10 }, (_, index) => `${index}.png`)),
      },
      'cn',
      'inputs',
    ],
    ['a callback that is no web address', { callbackUrl: 'x' }, 'cn', 'callbackUrl'],
  ] as const) {
    test(`refused: ${what}`, () => {
      const checked = ask(chosen as Partial<VideoRequest>, region);
      assert.ok(!checked.ok);
      assert.equal(checked.refusal.kind, kind);
      assert.match(checked.refusal.message, /\.$/);
    });
  }

  test('what a model ignores is said, and left out', () => {
    const { body, warnings } = accepted({
      ratio: '16:9',
      resolution: '1080p',
      images: files('a.png'),
    });
    assert.deepEqual(body, {
      model: 'jimeng-video-3.5-pro',
      prompt: 'a cat jumps',
      response_format: 'url',
    });
    assert.deepEqual(
      warnings.map(({ kind }) => kind),
      ['ratioIgnored', 'resolutionIgnored'],
    );
  });

  test('a person may name a model that this version does not know, and is warned', () => {
    const { body, warnings } = accepted(
      { model: 'jimeng-video-9', duration: 7, resolution: '1080p' },
      'us',
      { unknownModels: 'pass' },
    );
    assert.deepEqual(body, {
      model: 'jimeng-video-9',
      prompt: 'a cat jumps',
      duration: 7,
      resolution: '1080p',
      response_format: 'url',
    });
    assert.deepEqual(
      warnings.map(({ kind }) => kind),
      ['unknownModel'],
    );
    assert.ok(!ask({ model: ' ' }, 'us', { unknownModels: 'pass' }).ok);
  });

  for (const [typed, meant] of [
    ['jimeng-video-30', 'jimeng-video-3.0'],
    ['seedance-2.0', 'jimeng-video-seedance-2.0'],
    ['jimeng-4.0', undefined],
  ] as const) {
    test(`"${typed}" was probably ${meant ?? 'no model of videos'}`, () => {
      const checked = ask({ model: typed });
      assert.ok(!checked.ok);
      assert.equal(/Did you mean ([^?]+)\?/.exec(checked.refusal.message)?.[1], meant);
    });
  }

  for (const model of ['jimeng-video-seedance-2.0', 'jimeng-video-seedance-2.0-fast'])
    test(`${model} is warned of before it is sent`, () =>
      assert.deepEqual(
        accepted({ model }).warnings.map(({ kind }) => kind),
        ['oftenRefused'],
      ));

  test('that a last frame may be dropped is said where there is one', () => {
    assert.deepEqual(
      accepted({ images: files('a.png', 'b.png') }).warnings.map(({ kind }) => kind),
      ['lastFrame'],
    );
    assert.deepEqual(accepted({ images: files('a.png') }).warnings, []);
  });

  /** service-contract, Requests. */
  const materials = (pictures: number, videos: number) =>
    files(
      ...Array.from({ length: pictures }, (_, index) => `${index}.png`),
      ...Array.from({ length: videos }, (_, index) => `${index}.mp4`),
    );
  for (const [pictures, videos, stock, task, unknown] of [
    [9, 3, true, false, false],
    [9, 0, true, true, true],
    [6, 3, true, true, true],
    [5, 4, false, true, false],
    [0, 9, false, true, false],
    [10, 0, false, false, false],
    [10, 2, false, false, false],
    [9, 4, false, false, false],
    [8, 2, true, false, false],
  ] as const) {
    test(`${pictures} pictures and ${videos} videos as materials, at each kind of service`, () => {
      const request: Partial<VideoRequest> = {
        model: 'jimeng-video-seedance-2.0',
        omniReference: true,
        images: materials(pictures, videos),
      };
      const kinds = ['stock', 'task', undefined] as const;
      assert.deepEqual(
        kinds.map(service => ask(request, 'cn', { service }).ok),
        [stock, task, unknown],
      );
    });
  }

  test('materials keep their ratio, and those that the prompt does not name are said', () => {
    const { body, warnings } = accepted({
      prompt: '@image_file_1 dances like @video_file_1',
      model: 'jimeng-video-seedance-2.0-fast',
      ratio: '21:9',
      omniReference: true,
      images: files('a.png', 'b.mp4', 'c.JPG'),
    });
    assert.deepEqual(body, {
      model: 'jimeng-video-seedance-2.0-fast',
      prompt: '@image_file_1 dances like @video_file_1',
      ratio: '21:9',
      functionMode: 'omni_reference',
      response_format: 'url',
    });
    assert.deepEqual(
      warnings.map(({ kind, message }) => [kind, message]),
      [
        [
          'oftenRefused',
          'Since March 2026 the site has refused jimeng-video-seedance-2.0-fast to most accounts when it is asked for through a service (error 4013).',
        ],
        ['unnamedMaterials', 'The prompt does not name @image_file_2.'],
      ],
    );
  });
});
