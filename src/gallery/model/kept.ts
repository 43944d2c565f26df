import { filters, type Filter } from './arrange.ts';
import type { Selection } from './selection.ts';

/** What is open over the grid. */
export type Over = { kind: 'full'; id: string } | { kind: 'compare'; ids: [string, string] };

export type TileSize = 0 | 1 | 2;

/** The topmost visible item, and its scroll offset: still right when a number of pixels would not be. */
export interface Anchor {
  id: string;
  /** In CSS pixels from the top of its row. */
  offset: number;
}

/** What the editor stores for the page across a reload of the window. */
export interface Kept {
  search: string;
  filter: Filter;
  tileSize: TileSize;
  focus: string | undefined;
  selected: readonly string[];
  over: Over | undefined;
  anchor: Anchor | undefined;
}

export function keep(
  {
    search,
    filter,
    tileSize,
    selection,
    over,
  }: Pick<Kept, 'search' | 'filter' | 'tileSize' | 'over'> & { selection: Selection },
  anchor: Anchor | undefined,
): Kept {
  return {
    search,
    filter,
    tileSize,
    focus: selection.focus,
    selected: [...selection.selected].slice(0, 1_000),
    over,
    anchor,
  };
}

/** Restores the stored state; a part in another version's format counts as missing. */
export function restore(kept: unknown): Kept {
  const from = (typeof kept === 'object' && kept !== null ? kept : {}) as Partial<
    Record<keyof Kept, unknown>
  >;
  return {
    search: typeof from.search === 'string' ? from.search : '',
    filter: filters.find(filter => filter === from.filter) ?? 'all',
    tileSize: ([0, 1, 2] as const).find(size => size === from.tileSize) ?? 1,
    focus: typeof from.focus === 'string' ? from.focus : undefined,
    selected: Array.isArray(from.selected)
      ? from.selected.filter(id => typeof id === 'string')
      : [],
    over: readOver(from.over),
    anchor: readAnchor(from.anchor),
  };
}

function readOver(kept: unknown): Over | undefined {
  const { kind, id, ids } = (kept ?? {}) as { kind?: unknown; id?: unknown; ids?: unknown };
  if (kind === 'full' && typeof id === 'string') return { kind, id };
  if (kind !== 'compare' || !Array.isArray(ids)) return undefined;
  const [a, b] = ids as unknown[];
  return typeof a === 'string' && typeof b === 'string' ? { kind, ids: [a, b] } : undefined;
}

function readAnchor(kept: unknown): Anchor | undefined {
  const { id, offset } = (kept ?? {}) as { id?: unknown; offset?: unknown };
  return typeof id === 'string' && typeof offset === 'number' ? { id, offset } : undefined;
}
