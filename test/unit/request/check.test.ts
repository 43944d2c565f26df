import assert from 'node:assert/strict';
import {
  imageModels,
  outcomeOf,
  ratios,
  regions,
  resolutions,
  type Region,
} from '../../../src/core/request/models.ts';
import { check } from '../../../src/core/request/check.ts';
import type { CheckOptions } from '../../../src/core/request/checked.ts';
import type { ImageRequest } from '../../../src/core/request/schema.ts';

suite('check', () => {
  const ask = (
    chosen: Partial<ImageRequest>,
    region: Region = 'cn',
    options: CheckOptions = { unknownModels: 'refuse' },
  ) => check({ kind: 'image', prompt: 'a cute cat', ...chosen }, region, options);
  const accepted = (chosen: Partial<ImageRequest>, region?: Region, options?: CheckOptions) => {
    const checked = ask(chosen, region, options);
    assert.ok(checked.ok, checked.ok ? '' : checked.refusal.message);
    return checked;
  };

  test('a prompt alone is sent with the built-in defaults and nothing else', () => {
    const { body, outcome, warnings } = accepted({});
    assert.deepEqual(body, {
      model: 'jimeng-4.0',
      prompt: 'a cute cat',
      ratio: '1:1',
      resolution: '2k',
      response_format: 'url',
    });
    assert.deepEqual(outcome, {
      model: 'jimeng-4.0',
      ratio: '1:1',
      resolution: '2k',
      width: 2048,
      height: 2048,
      pictures: 4,
    });
    assert.deepEqual(warnings, []);
  });

  test('everything that was chosen is sent', () => {
    const { body } = accepted({
      model: 'jimeng-4.5',
      ratio: '16:9',
      resolution: '4k',
      negativePrompt: 'dogs',
      sampleStrength: 0,
      intelligentRatio: true,
    });
    assert.deepEqual(body, {
      model: 'jimeng-4.5',
      prompt: 'a cute cat',
      ratio: '16:9',
      resolution: '4k',
      negative_prompt: 'dogs',
      sample_strength: 0,
      intelligent_ratio: true,
      response_format: 'url',
    });
  });

  test('nothing is guessed from the prompt', () => {
    const { body } = accepted({ prompt: 'a portrait in 16:9, 4k, 竖屏, without dogs, nanobanana' });
    assert.deepEqual(body, {
      model: 'jimeng-4.0',
      prompt: 'a portrait in 16:9, 4k, 竖屏, without dogs, nanobanana',
      ratio: '1:1',
      resolution: '2k',
      response_format: 'url',
    });
  });

  for (const [what, chosen, region, kind] of [
    ['an empty prompt', { prompt: '' }, 'cn', 'emptyPrompt'],
    ['a blank prompt', { prompt: ' \n' }, 'cn', 'emptyPrompt'],
    ['a model that CN would silently replace', { model: 'nanobanana' }, 'cn', 'modelNotInRegion'],
    ['a model of CN only', { model: 'jimeng-3.1' }, 'sg', 'modelNotInRegion'],
    ['a model that the US lacks', { model: 'jimeng-5.0' }, 'us', 'modelNotInRegion'],
    ['an unknown model', { model: 'dall-e' }, 'cn', 'unknownModel'],
    ['an unknown ratio', { ratio: '5:4' }, 'cn', 'unknownRatio'],
    ['an unknown resolution', { resolution: '8k' }, 'cn', 'unknownResolution'],
    ['a strength above 1', { sampleStrength: 1.01 }, 'cn', 'sampleStrength'],
    ['a negative strength', { sampleStrength: -0.1 }, 'cn', 'sampleStrength'],
    ['a strength that is no number', { sampleStrength: NaN }, 'cn', 'sampleStrength'],
    [
      'a callback that is no web address',
      { callbackUrl: 'ftp://example.test' },
      'cn',
      'callbackUrl',
    ],
  ] as const) {
    test(`refused: ${what}`, () => {
      const checked = ask(chosen, region);
      assert.ok(!checked.ok);
      assert.equal(checked.refusal.kind, kind);
      assert.match(checked.refusal.message, /\.$/);
    });
  }

  for (const [what, chosen, region, kind] of [
    [
      'nanobanana on the US site with a ratio',
      { model: 'nanobanana', ratio: '16:9' },
      'us',
      'forcedSize',
    ],
    ['nanobanana at 2k elsewhere', { model: 'nanobanana' }, 'jp', 'forcedSize'],
    ['4k', { resolution: '4k' }, 'cn', 'credits4k'],
    [
      'an intelligent ratio that is ignored',
      { model: 'jimeng-3.0', intelligentRatio: true },
      'cn',
      'intelligentRatioIgnored',
    ],
    [
      'an intelligent ratio beside a ratio',
      { ratio: '1:1', intelligentRatio: true },
      'cn',
      'intelligentRatioWins',
    ],
    ['a word for a series', { prompt: '小猫的绘本' }, 'cn', 'countInPrompt'],
  ] as const)
    test(`warned: ${what}`, () =>
      assert.deepEqual(
        accepted(chosen, region).warnings.map(warning => warning.kind),
        [kind],
      ));

  for (const [prompt, model, pictures] of [
    ['画3张猫', 'jimeng-4.0', 3],
    ['10张猫', 'jimeng-4.5', 10],
    ['10 张猫', 'jimeng-4.5', 4],
    ['连续 3 张猫', 'jimeng-4.5', 4],
    ['3张猫', 'jimeng-5.0', 4],
    ['连续的猫', 'jimeng-4.1', 4],
    ['3张猫', 'jimeng-3.0', 4],
    ['一张猫', 'jimeng-4.0', 4],
  ] as const)
    test(`"${prompt}" with ${model} makes about ${pictures}`, () =>
      assert.equal(accepted({ prompt, model }).outcome.pictures, pictures));

  for (const prompt of ['画3张猫', '连续的猫']) {
    test(`"${prompt}" with a picture to work from makes one, and no series is announced`, () => {
      const { outcome, warnings } = accepted({
        prompt,
        images: [{ uri: 'file:///project/a.png' }],
      });
      assert.equal(outcome.pictures, 1);
      assert.deepEqual(warnings, []);
    });
  }

  test('a number with a space before 张 announces no series', () =>
    assert.deepEqual(accepted({ prompt: '画3 张猫' }).warnings, []));

  for (const model of ['jimeng-5.0', 'jimeng-4.6']) {
    test(`an intelligent ratio with ${model} is sent without a warning`, () => {
      const { body, warnings } = accepted({ model, intelligentRatio: true });
      assert.equal(body.intelligent_ratio, true);
      assert.deepEqual(warnings, []);
    });
  }

  for (const [typed, meant] of [
    ['jimeng-40', 'jimeng-4.0'],
    ['Jimeng-4.5', 'jimeng-4.5'],
    ['nanobana', 'nanobanana'],
    ['jimng-4.0', 'jimeng-4.0'],
    ['4.1', 'jimeng-4.1'],
    ['list', undefined],
    ['dall-e', undefined],
    ['-', undefined],
  ] as const) {
    test(`"${typed}" was probably ${meant ?? 'no model at all'}`, () => {
      const checked = ask({ model: typed }, 'hk');
      assert.ok(!checked.ok);
      assert.equal(/Did you mean ([^?]+)\?/.exec(checked.refusal.message)?.[1], meant);
      assert.match(
        checked.refusal.message,
        /^There is no model ".*Choose one of jimeng-5\.0, jimeng-4\.6, /,
      );
    });
  }

  test('an intelligent ratio is sent only where it may do something', () => {
    const sent = (model: string) =>
      accepted({ model, intelligentRatio: true }).body.intelligent_ratio;
    assert.deepEqual(['jimeng-4.0', 'jimeng-5.0', 'jimeng-3.0'].map(sent), [true, true, undefined]);
  });

  test('a person may name a model that this version does not know, and is warned', () => {
    const { body, warnings } = accepted({ model: 'jimeng-9' }, 'cn', { unknownModels: 'pass' });
    assert.equal(body.model, 'jimeng-9');
    assert.deepEqual(
      warnings.map(({ kind }) => kind),
      ['unknownModel'],
    );
  });

  test('sizes are what the service really makes', () => {
    const size = (...args: Parameters<typeof outcomeOf>) => {
      const { width, height } = outcomeOf(...args);
      return `${width}×${height}`;
    };
    assert.equal(
      size('jimeng-4.0', 'cn', '4:3', '1k'),
      '768×1024',
      'swapped in the service itself',
    );
    assert.equal(size('jimeng-4.0', 'cn', '21:9', '4k'), '6048×2592');
    assert.equal(size('nanobananapro', 'hk', '21:9', '4k'), '6197×2656');
    assert.equal(size('nanobanana', 'us', '21:9', '4k'), '1024×1024');
    assert.equal(size('nanobanana', 'sg', '16:9', '4k'), '1024×576');
    for (const { id, regions: where } of imageModels) {
      for (const region of where)
        for (const ratio of ratios)
          for (const resolution of resolutions)
            assert.ok(outcomeOf(id, region, ratio, resolution).width > 0);
    }
  });

  test('the default model is everywhere', () =>
    assert.ok(regions.every(region => ask({}, region).ok)));
});
