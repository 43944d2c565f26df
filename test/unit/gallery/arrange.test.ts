import assert from 'node:assert/strict';
import { arrange } from '../../../src/gallery/model/arrange.ts';
import { group, item } from './pictures.ts';

const ids = (arrangement: ReturnType<typeof arrange>) =>
  arrangement.flat.map(placed => placed.item.id).join(' ');

suite('what the gallery shows', () => {
  const groups = [
    group('a', 3, {
      prompt: 'A Lighthouse at dusk',
      options: [
        { label: 'Negative Prompt', value: 'blurry', words: true },
        { label: 'Ratio', value: '16:9' },
      ],
      model: 'jimeng-4.0',
    }),
    group('b', 0, {
      prompt: '一只猫 ＡＢＣ',
      items: [item('b1', { kept: true }), item('b2'), item('b3', { name: 'Hero.png' })],
    }),
  ];

  test('everything', () => assert.equal(ids(arrange(groups, 'all', '')), 'a1 a2 a3 b1 b2 b3'));
  test('a decision', () => {
    assert.equal(ids(arrange(groups, 'undecided', '')), 'a1 a2 a3 b2 b3');
    assert.equal(ids(arrange(groups, 'kept', '')), 'b1');
  });
  test('groups of which nothing is left are left out', () =>
    assert.deepEqual(
      arrange(groups, 'kept', '').shown.map(one => one.group.key),
      ['b'],
    ));
  test('counts are those of the search, whatever the filter', () => {
    assert.deepEqual(arrange(groups, 'kept', '').counts, { all: 6, undecided: 5, kept: 1 });
    assert.deepEqual(arrange(groups, 'kept', '猫').counts, { all: 3, undecided: 2, kept: 1 });
  });

  const searches: [string, string][] = [
    ['lighthouse', 'a1 a2 a3'],
    ['DUSK  light', 'a1 a2 a3'],
    ['dusk night', ''],
    ['blurry', 'a1 a2 a3'],
    ['16:9', ''],
    ['jimeng-4', 'a1 a2 a3'],
    ['hero', 'b3'],
    ['猫 hero', 'b3'],
    ['lighthouse a2', 'a2'],
    ['abc', 'b1 b2 b3'],
    ['ｂ３', 'b3'],
    ['   ', 'a1 a2 a3 b1 b2 b3'],
  ];
  for (const [search, found] of searches)
    test(`"${search}" finds ${found === '' ? 'nothing' : found}`, () =>
      assert.equal(ids(arrange(groups, 'all', search)), found));

  test('each knows its index', () => {
    const { flat, byId } = arrange(groups, 'all', '');
    assert.ok(
      flat.every((placed, index) => placed.index === index && byId.get(placed.item.id) === placed),
    );
  });
});
