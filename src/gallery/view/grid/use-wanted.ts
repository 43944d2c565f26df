import { useEffect, useRef } from 'preact/hooks';
import type { GalleryItem } from '../../../core/gallery/protocol.ts';
import type { Layout } from '../../model/layout.ts';
import { useShared } from '../context.ts';
import { useDebounced } from '../hooks.ts';
import type { VisibleRows } from './use-window.ts';

/** Asks for the thumbnails of the visible rows, then of those near them, whenever that has changed. */
export function useWanted(
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
