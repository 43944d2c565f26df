import type { GalleryGroup, GalleryItem, ToPage } from '../../core/gallery/protocol.ts';
import { arrange, type Arrangement, type Filter } from './arrange.ts';
import type { Kept, Over, TileSize } from './kept.ts';
import { follow, nothing, select, selectAll, type Manner, type Selection } from './selection.ts';

export interface Thumbnail {
  address?: string;
  /** Why there is none, as a sentence. */
  problem?: string;
}

export interface State {
  /** Newest first. */
  groups: readonly GalleryGroup[];
  thumbnails: ReadonlyMap<string, Thumbnail>;
  /** How many files are still to come; undefined until the extension has sent something. */
  reading: number | undefined;
  /** Why there is nothing, if the extension gave a reason. */
  empty: Extract<ToPage, { type: 'empty' }> | undefined;
  /** What happened to files; until the next action. */
  notice: Extract<ToPage, { type: 'notice' }> | undefined;
  search: string;
  filter: Filter;
  tileSize: TileSize;
  selection: Selection;
  over: Over | undefined;
  arrangement: Arrangement;
}

export type Event =
  | Exclude<ToPage, { type: 'run' }>
  | { type: 'search'; search: string }
  | { type: 'filter'; filter: Filter }
  | { type: 'tileSize'; tileSize: TileSize }
  | { type: 'select'; id: string; manner: Manner }
  | { type: 'selectItems'; ids: readonly string[] }
  | { type: 'selectAll' }
  | { type: 'clear' }
  | { type: 'over'; over: Over | undefined };

/** The initial state. @param kept the state before a reload */
export function begin({ search, filter, tileSize, focus, selected, over }: Kept): State {
  return {
    groups: [],
    thumbnails: new Map(),
    reading: undefined,
    empty: undefined,
    notice: undefined,
    search,
    filter,
    tileSize,
    selection: { selected: new Set(selected), focus, anchor: focus },
    over,
    arrangement: arrange([], filter, search),
  };
}

export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'groups':
      return withGroups(state, event);
    case 'empty':
      return { ...state, empty: event, reading: state.reading ?? 0 };
    case 'thumbnails':
      return {
        ...state,
        thumbnails: new Map([
          ...state.thumbnails,
          ...event.of.map(({ id, ...thumbnail }) => [id, thumbnail] as const),
        ]),
      };
    case 'notice':
      return { ...state, notice: event };
    case 'search':
      return rearranged({ ...state, notice: undefined, search: event.search });
    // Acting on a selection that is not shown would be a surprise.
    case 'filter':
      return rearranged({
        ...state,
        notice: undefined,
        filter: event.filter,
        selection: { ...nothing, focus: state.selection.focus },
      });
    case 'tileSize':
      return { ...state, tileSize: event.tileSize };
    case 'select':
      return {
        ...state,
        notice: undefined,
        selection: select(state.selection, event.id, event.manner, state.arrangement),
      };
    case 'selectItems':
      return {
        ...state,
        selection: { selected: new Set(event.ids), focus: event.ids[0], anchor: event.ids[0] },
      };
    case 'selectAll':
      return { ...state, selection: selectAll(state.selection, state.arrangement) };
    case 'clear':
      return { ...state, selection: { ...state.selection, selected: new Set() } };
    case 'over':
      return {
        ...state,
        over: event.over,
        selection:
          event.over?.kind === 'full'
            ? select(state.selection, event.over.id, 'only', state.arrangement)
            : state.selection,
      };
  }
}

function rearranged(state: State): State {
  return { ...state, arrangement: arrange(state.groups, state.filter, state.search) };
}

function withGroups(
  state: State,
  { changed, gone, reading }: Extract<ToPage, { type: 'groups' }>,
): State {
  const byKey = new Map(state.groups.map(group => [group.key, group]));
  const thumbnails = new Map(state.thumbnails);
  for (const key of gone) {
    forget(byKey.get(key), undefined, thumbnails);
    byKey.delete(key);
  }
  for (const group of changed) {
    forget(byKey.get(group.key), group, thumbnails);
    byKey.set(group.key, group);
  }
  const groups = [...byKey.values()].sort((a, b) => b.time - a.time || (a.key < b.key ? -1 : 1));
  const empty = groups.length > 0 ? undefined : state.empty;
  const next = rearranged({ ...state, groups, thumbnails, reading, empty });
  const focus = follow(state.selection.focus, state.arrangement, next.arrangement);
  return {
    ...next,
    selection: { ...state.selection, focus },
    over: overAfter(state, next.arrangement),
  };
}

/** Drops the thumbnails of deleted or changed files. */
function forget(
  before: GalleryGroup | undefined,
  after: GalleryGroup | undefined,
  thumbnails: Map<string, Thumbnail>,
): void {
  if (!before) return;
  const sources = new Map<string, string>(
    after?.items.map((item: GalleryItem) => [item.id, item.source]),
  );
  for (const item of before.items)
    if (sources.get(item.id) !== item.source) thumbnails.delete(item.id);
}

/** Full size continues with the next picture when its own is gone; a comparison ends when one of the two is. */
function overAfter({ over, arrangement }: State, after: Arrangement): Over | undefined {
  if (over?.kind === 'full') {
    const id = follow(over.id, arrangement, after);
    return id === undefined ? undefined : id === over.id ? over : { kind: 'full', id };
  }
  const lost = over?.ids.some(id => arrangement.byId.has(id) && !after.byId.has(id)) === true;
  return lost ? undefined : over;
}
