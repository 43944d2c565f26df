import * as l10n from '@vscode/l10n';
import type { RefObject, TargetedMouseEvent, VNode } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { GalleryItem } from '../../../core/gallery/protocol.ts';
import type { Anchor } from '../../model/kept.ts';
import { intentOf, type Intent } from '../../model/keys.ts';
import { layOut, TILE_SIZES, type Layout, type Row } from '../../model/layout.ts';
import { moved } from '../../model/moves.ts';
import { targets } from '../../model/selection.ts';
import { CardView } from './card.tsx';
import { useShared } from '../context.ts';
import { openMenu } from '../context-menu.ts';
import { useSize, useDebounced } from '../hooks.ts';
import { optionId } from './tile.tsx';
import { useWindow, type VisibleRows } from './use-window.ts';

interface Props {
  /** Where the grid is scrolled to; kept over a reload. */
  anchor: RefObject<Anchor | undefined>;
  onScrolled: () => void;
  /** Items that are open over the grid: their thumbnails are wanted before any other. */
  first: readonly GalleryItem[] | undefined;
}

/** All pictures that are shown. Only the rows near the visible ones are in the page. */
export function Grid({ anchor, onScrolled, first }: Props) {
  const { state, dispatch, run } = useShared();
  const { arrangement, selection, over } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const size = useSize(scroller);
  const width = size?.width ?? 0;
  const layout = useMemo(
    () => layOut(arrangement.shown, width, TILE_SIZES[state.tileSize]),
    [arrangement.shown, width, state.tileSize],
  );
  const drawn = useMemo(() => new Map<Row, VNode>(), [layout]);
  const rows = useWindow(scroller, layout, size?.height ?? 0, anchor, onScrolled);
  useWanted(width > 0 ? layout : undefined, rows, first);
  const focused = selection.focus === undefined ? undefined : arrangement.byId.get(selection.focus);
  const chosen = targets(selection, arrangement);

  // The grid shows the picture that was last open in full size.
  const was = useRef(over);
  useEffect(() => {
    if (was.current && !over) {
      if (focused) rows.reveal(focused.item.id);
      scroller.current?.focus();
    }
    was.current = over;
  }, [over]);
  useEffect(() => {
    if (document.activeElement === document.body && !over)
      scroller.current?.focus({ preventScroll: true });
  }, []);

  // The best match is at the top; what is selected stays visible where it is among the matches.
  const asked = useRef([state.search, state.filter]);
  useEffect(() => {
    if (asked.current[0] === state.search && asked.current[1] === state.filter) return;
    asked.current = [state.search, state.filter];
    scroller.current?.scrollTo(0, 0);
    if (focused && selection.selected.has(focused.item.id)) rows.reveal(focused.item.id);
  }, [state.search, state.filter]);

  const onContextMenu = (event: TargetedMouseEvent<HTMLElement>) => {
    const tile = focused && document.getElementById(optionId(focused.index));
    const byKeyboard = event.target === event.currentTarget && event.button !== 2;
    if (byKeyboard && tile) {
      event.preventDefault(); // the editor would open it in the middle of the page
      const { left, top, width, height } = tile.getBoundingClientRect();
      openMenu(tile, { x: left + width / 4, y: top + height / 4 });
    }
  };
  const act = (intent: Exclude<Intent, { do: 'search' }>) => {
    switch (intent.do) {
      case 'move': {
        const to = moved(layout, focused?.item.id, intent.move, rows.page);
        if (to === undefined) break;
        dispatch({ type: 'select', id: to, manner: intent.manner });
        rows.reveal(to);
        break;
      }
      case 'toggle':
        if (focused) dispatch({ type: 'select', id: focused.item.id, manner: 'toggle' });
        break;
      case 'open':
        run('fullSize', focused ? [focused] : []);
        break;
      case 'selectAll':
        dispatch({ type: 'selectAll' });
        break;
      case 'clear':
        dispatch({ type: 'clear' });
        break;
      case 'keep':
        run(chosen.every(({ item }) => item.kept) ? 'undecide' : 'keep', chosen);
        break;
      default:
        run(intent.do, chosen);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const intent = intentOf(event);
    if (!intent || intent.do === 'search') return; // the whole page searches
    event.preventDefault();
    act(intent);
  };
  return (
    <div
      ref={scroller}
      class="grid"
      role="listbox"
      tabIndex={0}
      aria-multiselectable
      aria-label={l10n.t('Pictures')}
      aria-activedescendant={
        focused && rows.has(focused.item.id) ? optionId(focused.index) : undefined
      }
      onKeyDown={onKeyDown}
      onScroll={rows.onScroll}
      onFocus={() => {
        const top = arrangement.flat[0];
        if (!focused && top)
          dispatch({ type: 'select', id: rows.top() ?? top.item.id, manner: 'focus' });
      }}
      onContextMenu={onContextMenu}
    >
      <div class="rows" role="presentation" style={{ height: `${layout.height}px` }}>
        {width > 0 &&
          layout.rows.slice(rows.first, rows.last + 1).map(row => rowOnce(drawn, row, layout))}
      </div>
    </div>
  );
}

/** A row that was drawn before is the same object, so that a step of scrolling draws the new rows only. */
function rowOnce(drawn: Map<Row, VNode>, row: Row, layout: Layout): VNode {
  const known = drawn.get(row);
  if (known) return known;
  const view = (
    <div
      key={row.cards[0]?.items[0]?.id}
      class="row"
      role="presentation"
      style={{ transform: `translateY(${row.top}px)`, height: `${row.height}px` }}
    >
      {row.cards.map(card => (
        <CardView
          key={`${card.group.key}/${card.from}`}
          card={card}
          layout={layout}
          withHeader={row.height > layout.tile}
        />
      ))}
    </div>
  );
  drawn.set(row, view);
  return view;
}

/** Asks for the thumbnails of the visible rows, then of those near them, whenever that has changed. */
function useWanted(
  layout: Layout | undefined,
  rows: VisibleRows,
  first: readonly GalleryItem[] = [],
): void {
  const {
    state: { thumbnails },
    post,
  } = useShared();
  const asked = useRef<ReadonlySet<string>>(new Set());
  const ask = useDebounced(() => {
    if (!layout) return;
    const of = (from: number, to: number) =>
      layout.rows
        .slice(Math.max(0, from), Math.max(0, to + 1))
        .flatMap(row => row.cards.flatMap(card => card.items));
    const { seen } = rows;
    const near = new Set(
      [
        ...first,
        ...of(seen.first, seen.last),
        ...of(seen.last + 1, rows.last),
        ...of(rows.first, seen.first - 1),
      ]
        .filter(item => item.kind === 'picture')
        .map(item => item.id),
    );
    const wanted = new Set([...near].filter(id => !thumbnails.has(id)));
    // What was asked for and is still near comes without being asked for again.
    const open = [...asked.current].filter(id => !thumbnails.has(id));
    if (wanted.size === open.length && open.every(id => wanted.has(id))) return;
    asked.current = wanted;
    post({ type: 'wanted', ids: [...wanted] });
  }, 50);
  useEffect(ask, [
    layout,
    rows.first,
    rows.last,
    rows.seen.first,
    thumbnails,
    first.length,
    first[0]?.id,
  ]);
}
