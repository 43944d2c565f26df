import type { Layout } from './layout.ts';

export type Move = 'left' | 'right' | 'up' | 'down' | 'first' | 'last' | 'pageUp' | 'pageDown';

/**
 * The item that a keyboard step leads to, as displayed: up and down stay in the column as far as there are tiles. Without
 * a start tile it is the first.
 * @param page the number of visible rows
 */
export function moved(
  layout: Layout,
  from: string | undefined,
  move: Move,
  page: number,
): string | undefined {
  const first = tiles(layout, 0)[0];
  const start = from === undefined ? undefined : layout.rowOf.get(from);
  if (from === undefined || start === undefined) return first?.id;
  const row = tiles(layout, start);
  const at = row.findIndex(tile => tile.id === from);
  switch (move) {
    case 'left':
      return (row[at - 1] ?? tiles(layout, start - 1).at(-1))?.id ?? from;
    case 'right':
      return (row[at + 1] ?? tiles(layout, start + 1)[0])?.id ?? from;
    case 'first':
      return first?.id;
    case 'last':
      return tiles(layout, layout.rows.length - 1).at(-1)?.id;
    default: {
      const steps = { up: -1, down: 1, pageUp: -Math.max(1, page), pageDown: Math.max(1, page) }[
        move
      ];
      const target = tiles(layout, Math.min(layout.rows.length - 1, Math.max(0, start + steps)));
      const column = row[at]?.column ?? 0;
      return (target.findLast(tile => tile.column <= column) ?? target[0])?.id;
    }
  }
}

function tiles(layout: Layout, row: number): { id: string; column: number }[] {
  return (
    layout.rows[row]?.cards.flatMap(card =>
      card.items.map((item, index) => ({ id: item.id, column: card.column + index })),
    ) ?? []
  );
}
