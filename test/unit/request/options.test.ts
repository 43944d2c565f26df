import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { imageModels, regions, type Region } from '../../../src/core/request/models.ts';
import {
  bodyOf,
  chosenTexts,
  faultOf,
  optionRows,
} from '../../../src/core/request/option-values.ts';
import { ImageRequest, VideoRequest } from '../../../src/core/request/schema.ts';
import { videoModels } from '../../../src/core/request/video-models.ts';

suite('table of options', () => {
  test('a request has each option of its kind, and no other field is one', () => {
    const optionsIn = (schema: { shape: object }, others: string[]) =>
      Object.keys(schema.shape).filter(name => !others.includes(name));
    const named = (kind: 'image' | 'video') => optionRows(kind).map(({ name }) => name);
    assert.deepEqual(optionsIn(ImageRequest, ['kind', 'prompt', 'images', 'target']).sort(), [
      ...named('image').sort(),
    ]);
    assert.deepEqual(optionsIn(VideoRequest, ['kind', 'prompt', 'images']).sort(), [
      ...named('video').sort(),
    ]);
  });

  test('each can be chosen in the wizard, and what it refuses is said', () => {
    for (const { name, type, choices, ask, range, values, fits, rule } of optionRows()) {
      assert.ok(choices ?? ask ?? type === 'boolean', name);
      if (range ?? values ?? fits) assert.ok(rule, name);
    }
  });

  test('each has a help in the terminal for one of its kinds', () => {
    for (const { name, kinds, help } of optionRows())
      assert.ok(
        kinds.some(kind => help[kind]),
        name,
      );
  });

  test('the body has the fields of the service, and nothing that was not chosen', () => {
    assert.deepEqual(bodyOf('image', { negativePrompt: 'dogs', intelligentRatio: undefined }), {
      negative_prompt: 'dogs',
    });
    assert.deepEqual(bodyOf('video', { omniReference: true, callbackUrl: 'http://a.test' }), {
      functionMode: 'omni_reference',
    });
    assert.deepEqual(bodyOf('video', { omniReference: false }), {});
  });

  test('a number outside of its range is refused, its ends are not', () => {
    const strength = optionRows('image').find(({ name }) => name === 'sampleStrength')!;
    for (const value of [0, 0.5, 1]) assert.equal(faultOf(strength, value, 'image'), undefined);
    for (const value of [-0.1, 1.1, NaN]) assert.ok(faultOf(strength, value, 'image'));
  });

  test('a number without a range is one all the same, and a whole one where only that is taken', () => {
    const duration = optionRows('video').find(({ name }) => name === 'duration')!;
    assert.equal(faultOf(duration, 5, 'video'), undefined);
    for (const value of [5.5, NaN, Infinity])
      assert.equal(faultOf(duration, value, 'video'), 'Duration is a whole number.');
    const { integer, ...other } = duration;
    assert.equal(faultOf(other, 5.5, 'video'), undefined);
    assert.equal(faultOf(other, NaN, 'video'), 'Duration is a number.');
  });

  test('a value that is none of those that the service knows: the one that is meant is named, if its number is the same', () => {
    const rows = Object.fromEntries(optionRows('image').map(row => [row.name, row]));
    for (const [name, typed, meant] of [
      ['ratio', '16x9', '16:9'],
      ['ratio', '4:5', undefined],
      ['resolution', '2K', '2k'],
      ['resolution', '8k', undefined],
    ] as const) {
      const said = faultOf(rows[name]!, typed, 'image')!;
      assert.equal(/Did you mean (.*)\?/.exec(said)?.[1], meant, typed);
    }
  });

  test('what is off is not listed among what was chosen', () =>
    assert.deepEqual(
      chosenTexts('image', { sampleStrength: 0, intelligentRatio: false }).map(
        ({ value }) => value,
      ),
      ['0'],
    ));
});

suite('tables of models in the READMEs', () => {
  const sites: Record<string, readonly Region[]> = {
    all: regions,
    全部: regions,
    China: ['cn'],
    国内: ['cn'],
    US: ['us'],
    美国: ['us'],
    HK: ['hk'],
    香港: ['hk'],
    JP: ['jp'],
    日本: ['jp'],
    SG: ['sg'],
    新加坡: ['sg'],
  };
  for (const file of ['README.md', 'README.zh-CN.md']) {
    test(`${file} has each model with its sites and durations`, () => {
      const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
      const rows = [...text.matchAll(/^\| ((?:jimeng-|nanobanana).*?) \| (.*?) \|(.*)\|$/gm)];
      const listed = new Map(
        rows.flatMap(([, names = '', where = '', more = '']) => {
          const [first = '', ...others] = plain(names).split(/[,、，]\s*/);
          const prefix = /^(?:jimeng-video-|jimeng-)?/.exec(first)![0];
          const regionsOf = plain(where)
            .split(/[,、，]\s*/)
            .flatMap(site => sites[site] ?? assert.fail(site));
          return [first, ...others.map(name => prefix + name)].map(
            id => [id, { regions: regionsOf.sort().join(), more: more.trim() }] as const,
          );
        }),
      );
      for (const { id, regions: where } of [...imageModels, ...videoModels])
        assert.equal(listed.get(id)?.regions, [...where].sort().join(), id);
      assert.equal(listed.size, imageModels.length + videoModels.length);
      for (const { id, durations } of videoModels) {
        const numbers = listed.get(id)!.more.match(/\d+/g)!.map(Number);
        const whole = /to|–|至|到/.test(listed.get(id)!.more);
        assert.deepEqual(whole ? [durations[0], durations.at(-1)] : [...durations], numbers, id);
      }
    });
  }
});

/** Without what stands in brackets. */
function plain(text: string): string {
  return text.replace(/\s*[(（][^)）]*[)）]/g, '').trim();
}
