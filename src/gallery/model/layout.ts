import type { Shown } from './arrange.ts';

/** The tile widths that the slider offers, in CSS pixels. Each is twice the previous one: see `columnsFor`. */
export const TILE_SIZES = [105, 210, 420] as const;

/** In CSS pixels, as in `styles/grid.css`. */
export const HEADER_HEIGHT = 26;
const GAP = 8;
const ROW_GAP = 14;

/** The part of a group in one row: all of it, if it fits. */
export interface Card extends Shown {
  /** The column of its first tile. */
  column: number;
  /** Of its first item, among the group's shown items. */
  from: number;
}

export interface Row {
  cards: Card[];
  /** In CSS pixels from the top of the grid. */
  top: number;
  height: number;
}

export interface Layout {
  columns: number;
  /** Width and height of a tile, in CSS pixels. */
  tile: number;
  rows: readonly Row[];
  height: number;
  rowOf: ReadonlyMap<string, number>;
}

/**
 * How many tiles a row has. A task usually has four variations, so only 1, 2, 4 and multiples of 4 leave no gaps.
 * @param width of the grid
 * @param aim the tile width closest to the chosen one
 */
export function columnsFor(width: number, aim: number): number {
  const candidates = [1, 2, 4, 8, 12, 16, 20, 24];
  const off = (columns: number) => Math.abs(Math.log(width / columns / aim));
  return candidates.reduce((best, columns) => (off(columns) < off(best) ? columns : best));
}

/**
 * Packs groups into rows, in order. A group that does not fit into the rest of a row starts a new one; one larger than a
 * row is split.
 * @param width of the grid, in CSS pixels
 */
export function layOut(shown: readonly Shown[], width: number, aim: number): Layout {
  const columns = columnsFor(width, aim);
  const tile = Math.max(1, Math.floor((width - GAP * (columns - 1)) / columns));
  const rows: Card[][] = [];
  let used = columns;
  const put = (card: Omit<Card, 'column'>) => {
    if (used + card.items.length > columns) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push({ ...card, column: used });
    used += card.items.length;
  };
  for (const { group, items } of shown) {
    for (let from = 0; from < items.length; from += columns)
      put({
        group,
        items: from === 0 && items.length <= columns ? items : items.slice(from, from + columns),
        from,
      });
  }
  return { columns, tile, ...stack(rows, tile) };
}

/** Positions the rows. One that only continues a group needs no space for a header. */
function stack(rows: readonly Card[][], tile: number): Pick<Layout, 'rows' | 'height' | 'rowOf'> {
  const rowOf = new Map<string, number>();
  let top = 0;
  const placed = rows.map((cards, index) => {
    for (const card of cards) for (const item of card.items) rowOf.set(item.id, index);
    const goesOn = (row: readonly Card[] | undefined) => row?.every(card => card.from > 0) === true;
    const row = { cards, top, height: tile + (goesOn(cards) ? 0 : HEADER_HEIGHT) };
    top += row.height + (goesOn(rows[index + 1]) ? GAP : ROW_GAP);
    return row;
  });
  return { rows: placed, height: top, rowOf };
}

/** The first row that ends below a position; a binary search, because it runs on every scroll event. */
export function rowAt(rows: readonly Row[], y: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row && row.top + row.height < y) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low);
}

/** The rows between two positions, inclusive. */
export function rowsBetween(
  layout: Layout,
  top: number,
  bottom: number,
): { first: number; last: number } {
  const first = rowAt(layout.rows, top);
  return { first, last: Math.max(first, rowAt(layout.rows, bottom)) };
}

/** The left edge of a column, in CSS pixels. */
export function columnLeft(column: number, tile: number): number {
  return column * (tile + GAP);
}

/** The width of this many tiles side by side, in CSS pixels. */
export function spanWidth(tiles: number, tile: number): number {
  return tiles * (tile + GAP) - GAP;
}
