import assert from 'node:assert/strict';
import type { GalleryGroup } from '../../../src/core/gallery/protocol.ts';
import { actionsFor, rivals } from '../../../src/gallery/model/actions.ts';
import { keep, restore } from '../../../src/gallery/model/kept.ts';
import { intentOf, type Pressed } from '../../../src/gallery/model/keys.ts';
import { targets } from '../../../src/gallery/model/selection.ts';
import { begin, reduce, type Event, type State } from '../../../src/gallery/model/state.ts';
import { labelOf } from '../../../src/gallery/model/texts.ts';
import { group, item } from './pictures.ts';

const after = (state: State, ...events: Event[]) => events.reduce(reduce, state);
const told = (changed: GalleryGroup[], gone: string[] = []): Event => ({
  type: 'groups',
  changed,
  gone,
  reading: 0,
});
const pick = (id: string, manner: 'only' | 'toggle' | 'range' | 'focus' = 'only'): Event => ({
  type: 'select',
  id,
  manner,
});
const chosen = (state: State) =>
  targets(state.selection, state.arrangement)
    .map(placed => placed.item.id)
    .join(' ');
const start = after(
  begin(restore(undefined)),
  told([group('a', 4, { time: 3 }), group('b', 4, { time: 2 }), group('c', 1, { time: 1 })]),
);
const without = (key: string, id: string) =>
  told([
    {
      ...group(key, 4, { time: key === 'a' ? 3 : 2 }),
      items: group(key, 4).items.filter(one => one.id !== id),
    },
  ]);

suite('selection in the gallery', () => {
  test('a click selects one', () =>
    assert.equal(chosen(after(start, pick('a1'), pick('b2'))), 'b2'));
  test('with Ctrl one more, and one less', () =>
    assert.equal(
      chosen(
        after(start, pick('b2'), pick('a1', 'toggle'), pick('a3', 'toggle'), pick('b2', 'toggle')),
      ),
      'a1 a3',
    ));
  test('with Shift a range, in both directions', () => {
    assert.equal(chosen(after(start, pick('a3'), pick('b1', 'range'))), 'a3 a4 b1');
    assert.equal(
      chosen(after(start, pick('a3'), pick('b1', 'range'), pick('a1', 'range'))),
      'a1 a2 a3',
    );
  });
  test('with nothing selected, what has the focus', () =>
    assert.equal(chosen(after(start, pick('b2', 'focus'))), 'b2'));
  test('what is not shown is not acted on', () => {
    assert.equal(
      chosen(after(start, { type: 'selectAll' }, { type: 'search', search: 'prompt of b' })),
      'b1 b2 b3 b4',
    );
    assert.equal(chosen(after(start, pick('a1'), { type: 'filter', filter: 'kept' })), '');
  });
  test('the focus goes on to the next when its picture is deleted', () => {
    const state = after(start, pick('a2'), without('a', 'a2'));
    assert.equal(state.selection.focus, 'a3');
    assert.equal(chosen(state), 'a3');
  });
  test('or to the last when it was the last', () =>
    assert.equal(after(start, pick('c1'), told([], ['c'])).selection.focus, 'b4'));
});

suite('state of the gallery', () => {
  test('groups are sorted newest first, however they arrive', () => {
    const state = after(
      begin(restore(undefined)),
      told([group('old', 1, { time: 1 })]),
      told([group('new', 1, { time: 9 }), group('mid', 1, { time: 5 })]),
    );
    assert.deepEqual(
      state.groups.map(one => one.key),
      ['new', 'mid', 'old'],
    );
  });
  test('thumbnails of changed files are forgotten, others are not', () => {
    const of = ['a1', 'a2', 'c1'].map(id => ({ id, address: `https://thumbnails/${id}` }));
    const changed = group('a', 4, { time: 3 });
    changed.items[0] = item('a1', { source: 'https://files/a1?2' });
    const state = after(start, { type: 'thumbnails', of }, told([changed], ['c']));
    assert.deepEqual([...state.thumbnails.keys()], ['a2']);
  });
  test('full size goes on with the next picture, and closes after the last', () => {
    const open = after(
      start,
      { type: 'over', over: { kind: 'full', id: 'b4' } },
      without('b', 'b4'),
    );
    assert.deepEqual(open.over, { kind: 'full', id: 'c1' });
    assert.equal(after(open, told([], ['a', 'b', 'c'])).over, undefined);
  });
  test('a comparison ends when one of the two is gone', () => {
    const compare: Event = { type: 'over', over: { kind: 'compare', ids: ['a1', 'a2'] } };
    assert.ok(after(start, compare, without('b', 'b1')).over);
    assert.equal(after(start, compare, without('a', 'a2')).over, undefined);
  });
  test('the notice about deleted files is shown until the next action', () => {
    const notice: Event = { type: 'notice', text: 'The file was moved to the trash.' };
    const state = after(start, pick('a2'), notice, without('a', 'a2'));
    assert.equal(state.notice?.text, 'The file was moved to the trash.');
    assert.equal(after(state, pick('a1')).notice, undefined);
    assert.equal(after(state, { type: 'filter', filter: 'kept' }).notice, undefined);
  });
  test('a reload keeps the state, also while pictures still arrive', () => {
    const state = after(
      start,
      { type: 'search', search: 'prompt' },
      { type: 'tileSize', tileSize: 2 },
      pick('a1'),
      pick('b1', 'toggle'),
      { type: 'over', over: { kind: 'compare', ids: ['a1', 'b1'] } },
    );
    const kept = JSON.parse(JSON.stringify(keep(state, { id: 'b1', offset: 12 }))) as unknown;
    const again = after(
      begin(restore(kept)),
      told([group('c', 1, { time: 1 })]),
      told([group('a', 4, { time: 3 })]),
      told([group('b', 4, { time: 2 })]),
    );
    assert.deepEqual(
      [again.search, again.tileSize, again.over, chosen(again)],
      [state.search, 2, state.over, 'a1 b1'],
    );
    assert.deepEqual(restore(kept).anchor, { id: 'b1', offset: 12 });
  });
  test('state that cannot be read is ignored', () => {
    for (const kept of [
      undefined,
      null,
      7,
      'x',
      [],
      {
        search: 1,
        filter: 'none',
        tileSize: 9,
        selected: [1, 'a1'],
        over: { kind: 'compare', ids: ['a1'] },
        anchor: { id: 1 },
      },
    ]) {
      const { search, filter, tileSize, over, anchor } = restore(kept);
      assert.deepEqual(
        [search, filter, tileSize, over, anchor],
        ['', 'all', 1, undefined, undefined],
      );
    }
  });
});

suite('what can be done in the gallery', () => {
  const placed = (...items: ReturnType<typeof item>[]) =>
    items.map((one, index) => ({ item: one, group: group('g', 0, { items }), index }));
  const offered = (...items: ReturnType<typeof item>[]) => actionsFor(placed(...items));
  test('nothing without a picture', () => assert.deepEqual(actionsFor([]), []));
  test('two pictures can be compared, three or a video cannot', () => {
    assert.ok(offered(item('1'), item('2')).includes('compare'));
    assert.ok(!offered(item('1'), item('2'), item('3')).includes('compare'));
    assert.ok(!offered(item('1'), item('2', { kind: 'video' })).includes('compare'));
  });
  test('a video is not put into pages', () =>
    assert.ok(
      !offered(item('1', { kind: 'video' })).some(action =>
        ['insert', 'insertForWeb', 'transform', 'video'].includes(action),
      ),
    ));
  test('only what knows how it was made is run again', () => {
    assert.ok(offered(item('1')).includes('runAgain'));
    assert.ok(!offered(item('1', { remembers: false })).includes('runAgain'));
  });
  test('what is kept can be kept no longer', () => {
    assert.ok(offered(item('1'), item('2', { kept: true })).includes('keep'));
    assert.ok(offered(item('1', { kept: true })).includes('undecide'));
  });
  test('"Keep Only This" leaves alone what is kept', () => {
    const three = placed(item('1'), item('2'), item('3', { kept: true }));
    assert.deepEqual(rivals(three.slice(0, 1)), ['2']);
    assert.deepEqual(rivals(three.slice(0, 2)), []);
  });
});

suite('keys of the gallery', () => {
  const key = (name: string, more: Partial<Pressed> = {}) =>
    intentOf({
      key: name,
      ctrlKey: false,
      metaKey: false,
      shiftKey: false,
      altKey: false,
      ...more,
    });
  test('move', () => {
    assert.deepEqual(key('ArrowDown'), { do: 'move', move: 'down', manner: 'only' });
    assert.deepEqual(key('End', { shiftKey: true }), { do: 'move', move: 'last', manner: 'range' });
    assert.deepEqual(key('ArrowLeft', { metaKey: true }), {
      do: 'move',
      move: 'left',
      manner: 'focus',
    });
  });
  test('decide', () =>
    assert.deepEqual(
      [key('k'), key('X'), key('Delete'), key('c')].map(intent => intent?.do),
      ['keep', 'delete', 'delete', 'compare'],
    ));
  test('are left to the editor with other modifiers', () =>
    assert.deepEqual(
      [
        key('k', { ctrlKey: true }),
        key('c', { metaKey: true }),
        key('z', { ctrlKey: true }),
        key('ArrowUp', { altKey: true }),
        key('p', { ctrlKey: true }),
        key('F10', { shiftKey: true }),
        key('ContextMenu'),
      ],
      Array(7).fill(undefined),
    ));
  test('with Ctrl', () =>
    assert.deepEqual(
      [key('a', { ctrlKey: true }), key('f', { metaKey: true })].map(intent => intent?.do),
      ['selectAll', 'search'],
    ));
});

test('a screen reader hears prompt, variation, size and decision, and not 5,000 characters', () => {
  const own = group('a', 2, { prompt: `</script>\n${'long '.repeat(1_000)}`, demo: true });
  const label = labelOf({
    group: own,
    item: item('a2', { variation: 2, size: { width: 2_048, height: 1_024 }, kept: true }),
    index: 0,
  });
  assert.ok(label.startsWith('</script> long long'));
  assert.ok(label.endsWith('…, variation 2, 2048 × 1024, demo, kept'));
  assert.ok(label.length < 250);
});
