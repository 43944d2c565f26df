import type { Arrangement, Placed } from './arrange.ts';

/** What is selected, and where the keyboard focus is. Ids that are not shown stay here, and count for nothing. */
export interface Selection {
  selected: ReadonlySet<string>;
  focus: string | undefined;
  /** Where a range starts. */
  anchor: string | undefined;
}

export const nothing: Selection = { selected: new Set(), focus: undefined, anchor: undefined };

/** How a click or a keyboard step selects: this one alone, toggle this one, up to this one, or not at all. */
export type Manner = 'only' | 'toggle' | 'range' | 'focus';

export function select(
  selection: Selection,
  id: string,
  manner: Manner,
  { flat, byId }: Arrangement,
): Selection {
  switch (manner) {
    case 'only':
      return { selected: new Set([id]), focus: id, anchor: id };
    case 'focus':
      return { ...selection, focus: id };
    case 'toggle': {
      const selected = new Set(selection.selected);
      if (!selected.delete(id)) selected.add(id);
      return { selected, focus: id, anchor: id };
    }
    case 'range': {
      const to = byId.get(id)?.index ?? 0;
      const from = byId.get(selection.anchor ?? id)?.index ?? to;
      const range = flat
        .slice(Math.min(from, to), Math.max(from, to) + 1)
        .map(placed => placed.item.id);
      return { selected: new Set(range), focus: id, anchor: flat[from]?.item.id };
    }
  }
}

export function selectAll(selection: Selection, { flat }: Arrangement): Selection {
  return { ...selection, selected: new Set(flat.map(placed => placed.item.id)) };
}

/** What an action applies to: the selected and shown items, else the focused one; in grid order. */
export function targets({ selected, focus }: Selection, { byId }: Arrangement): Placed[] {
  const chosen = [...selected]
    .map(id => byId.get(id))
    .filter(placed => placed !== undefined)
    .sort((a, b) => a.index - b.index);
  if (chosen.length > 0) return chosen;
  const focused = focus === undefined ? undefined : byId.get(focus);
  return focused ? [focused] : [];
}

/**
 * Where a reference to an item points when the arrangement has changed: to the same one; to the one that took its
 * position if it is no longer shown; and still to one that was not there before either, because it may arrive later.
 */
export function follow(
  id: string | undefined,
  before: Arrangement,
  after: Arrangement,
): string | undefined {
  if (id === undefined || after.byId.has(id)) return id;
  const was = before.byId.get(id);
  if (!was) return id;
  for (let next = was.index + 1; next < before.flat.length; next++) {
    const candidate = before.flat[next]?.item.id;
    if (candidate !== undefined && after.byId.has(candidate)) return candidate;
  }
  return after.flat[Math.min(was.index, after.flat.length - 1)]?.item.id;
}
