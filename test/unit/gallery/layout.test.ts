import assert from 'node:assert/strict';
import fc from 'fast-check';
import { arrange } from '../../../src/gallery/model/arrange.ts';
import {
  columnsFor,
  layOut,
  rowAt,
  rowsBetween,
  spanWidth,
  TILE_SIZES,
} from '../../../src/gallery/model/layout.ts';
import { moved } from '../../../src/gallery/model/moves.ts';
import { group } from './pictures.ts';

const laidOut = (sizes: number[], width = 900, aim = 210) =>
  layOut(
    arrange(
      sizes.map((size, index) => group(`${index}-`, size)),
      'all',
      '',
    ).shown,
    width,
    aim,
  );
const rowsOf = (layout: ReturnType<typeof layOut>) =>
  layout.rows.map(row => row.cards.map(card => card.items.length).join('+')).join(' / ');

suite('layout of the gallery', () => {
  test('four variations leave no hole', () => {
    for (const width of [260, 400, 700, 1_000, 1_400, 2_500])
      for (const aim of TILE_SIZES)
        assert.ok(
          [1, 2].includes(columnsFor(width, aim)) || columnsFor(width, aim) % 4 === 0,
          `${width} ${aim}`,
        );
  });
  test('each step of the slider shows larger pictures, also in a narrow panel', () => {
    for (const width of [368, 700, 1_000, 1_400, 2_500]) {
      const columns = TILE_SIZES.map(aim => columnsFor(width, aim));
      assert.deepEqual(
        columns,
        [...new Set(columns)].sort((a, b) => b - a),
        String(width),
      );
    }
  });
  test('groups share rows, in their order', () =>
    assert.equal(rowsOf(laidOut([1, 1, 2, 3, 1, 4, 2])), '1+1+2 / 3+1 / 4 / 2'));
  test('a group that does not fit begins a new row', () =>
    assert.equal(rowsOf(laidOut([3, 2, 2])), '3 / 2+2'));
  test('a group that is larger than a row is split, and the rest shares its row', () =>
    assert.equal(rowsOf(laidOut([10, 1, 1])), '4 / 4 / 2+1+1'));
  test('a row that only goes on with a group has no header', () => {
    const [first, second] = laidOut([8]).rows;
    assert.equal(first!.height - second!.height, 26);
  });
  test('nothing to show has no height', () =>
    assert.deepEqual([laidOut([]).rows.length, laidOut([]).height], [0, 0]));

  test('each item is drawn once, within the width, and rows do not overlap', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 }),
        fc.integer({ min: 150, max: 2_600 }),
        fc.constantFrom(...TILE_SIZES),
        (sizes, width, aim) => {
          const layout = laidOut(sizes, width, aim);
          const items = layout.rows.flatMap(row => row.cards.flatMap(card => card.items));
          assert.equal(new Set(items).size, items.length);
          assert.equal(
            items.length,
            sizes.reduce((sum, size) => sum + size, 0),
          );
          assert.ok(spanWidth(layout.columns, layout.tile) <= width);
          for (const [index, row] of layout.rows.entries()) {
            let column = 0;
            for (const card of row.cards) {
              assert.equal(card.column, column);
              column += card.items.length;
            }
            assert.ok(column <= layout.columns);
            assert.ok(row.top + row.height <= (layout.rows[index + 1]?.top ?? layout.height));
            assert.ok(
              row.cards.every(card =>
                card.items.every(item => layout.rowOf.get(item.id) === index),
              ),
            );
            assert.equal(rowAt(layout.rows, row.top + 1), index);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
  test('visible rows', () => {
    const layout = laidOut(Array.from({ length: 100 }, () => 4));
    const { top, height } = layout.rows[10]!;
    assert.deepEqual(rowsBetween(layout, top + 5, top + height - 5), { first: 10, last: 10 });
    assert.deepEqual(rowsBetween(layout, -100, top + 5), { first: 0, last: 10 });
    assert.deepEqual(rowsBetween(layout, layout.height + 500, layout.height + 900), {
      first: 99,
      last: 99,
    });
  });
});

suite('the keyboard over the gallery', () => {
  const layout = laidOut([4, 3, 2, 2, 1]);
  const moves: [string, Parameters<typeof moved>[2], string][] = [
    ['0-1', 'right', '0-2'],
    ['0-4', 'right', '1-1'],
    ['1-1', 'left', '0-4'],
    ['0-1', 'left', '0-1'],
    ['4-1', 'right', '4-1'],
    ['0-2', 'down', '1-2'],
    ['0-4', 'down', '1-3'],
    ['1-3', 'down', '3-1'],
    ['3-1', 'up', '1-3'],
    ['0-3', 'up', '0-3'],
    ['0-2', 'last', '4-1'],
    ['4-1', 'first', '0-1'],
    ['0-2', 'pageDown', '2-2'],
    ['4-1', 'pageUp', '1-1'],
  ];
  for (const [from, move, to] of moves)
    test(`${move} from ${from} leads to ${to}`, () =>
      assert.equal(moved(layout, from, move, 2), to));
  test('the first key leads to the first picture', () =>
    assert.equal(moved(layout, undefined, 'down', 2), '0-1'));
  test('from what is gone too', () => assert.equal(moved(layout, 'gone', 'right', 2), '0-1'));
  test('nothing to go to', () => assert.equal(moved(laidOut([]), undefined, 'last', 2), undefined));
});
