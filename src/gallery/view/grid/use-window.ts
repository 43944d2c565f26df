import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { Anchor } from '../../model/kept.ts';
import { rowAt, rowsBetween, type Layout } from '../../model/layout.ts';
import { useLatest } from '../hooks.ts';

export interface VisibleRows {
  /** The rows that are in the page. */
  first: number;
  last: number;
  /** The visible rows. */
  seen: { first: number; last: number };
  /** How many rows are visible at once. */
  page: number;
  has: (id: string) => boolean;
  /** The first visible item. */
  top: () => string | undefined;
  /** Scrolls just far enough to make an item visible. */
  reveal: (id: string) => void;
  onScroll: () => void;
}

/**
 * Which rows of a layout are in the page: the visible ones, and half as many before and after. When the layout changes
 * (new pictures, another width or tile size) the row at the top stays there, unless that is the very top, where new
 * pictures appear.
 * @param height of the visible part, in CSS pixels
 */
export function useWindow(
  scroller: RefObject<HTMLElement | null>,
  layout: Layout,
  height: number,
  anchor: RefObject<Anchor | undefined>,
  onScrolled: () => void,
): VisibleRows {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const setTo = useRef<number>(undefined);
  // Measuring the page while it is being drawn would force a layout.
  const at = useRef(0);
  const around = (scrolled: number) =>
    rowsBetween(layout, scrolled - height / 2, scrolled + height * 1.5);
  const scrolled = at.current;
  const { first, last } = around(scrolled);
  const seen = rowsBetween(layout, scrolled, scrolled + height);

  const scrollTo = (top: number) => {
    if (!scroller.current || Math.abs(at.current - top) < 1) return;
    scroller.current.scrollTop = top;
    at.current = scroller.current.scrollTop;
    setTo.current = at.current;
    draw(undefined);
  };
  useLayoutEffect(() => {
    const held = anchor.current;
    const row = held && layout.rows[layout.rowOf.get(held.id) ?? -1];
    if (row) scrollTo(row.top + Math.min(held.offset, row.height));
  }, [layout]);

  const onScroll = useLatest(() => {
    const now = scroller.current?.scrollTop ?? 0;
    at.current = now;
    // Our own scrolling; while pictures still arrive it may end before the anchor.
    if (now !== setTo.current) {
      const row = layout.rows[rowAt(layout.rows, now)];
      const id = row?.cards[0]?.items[0]?.id;
      anchor.current =
        now > 0 && row && id !== undefined ? { id, offset: now - row.top } : undefined;
      setTo.current = undefined;
      onScrolled();
    }
    const next = around(now);
    const nextSeen = rowsBetween(layout, now, now + height);
    if (
      next.first !== first ||
      next.last !== last ||
      nextSeen.first !== seen.first ||
      nextSeen.last !== seen.last
    )
      draw(undefined);
  });
  const reveal = useLatest((id: string) => {
    const index = layout.rowOf.get(id);
    const row = index === undefined ? undefined : layout.rows[index];
    const now = at.current;
    if (!row || !scroller.current) return;
    if (row.top < now) scroller.current.scrollTop = index === 0 ? 0 : row.top - 4;
    else if (row.top + row.height > now + height)
      scroller.current.scrollTop = row.top + row.height - height + 8;
  });
  const shown = (id: string) => {
    const row = layout.rowOf.get(id);
    return row !== undefined && row >= first && row <= last;
  };
  return {
    first,
    last,
    seen,
    page: Math.max(1, seen.last - seen.first),
    has: shown,
    top: () => layout.rows[seen.first]?.cards[0]?.items[0]?.id,
    reveal,
    onScroll,
  };
}
