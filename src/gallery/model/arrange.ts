import type { GalleryGroup, GalleryItem } from '../../core/gallery/protocol.ts';

export const filters = ['all', 'undecided', 'kept'] as const;
export type Filter = (typeof filters)[number];

/** A group with those of its items that the search and the filter let through. */
export interface Shown {
  group: GalleryGroup;
  items: GalleryItem[];
}

/** An item with its index among those that are shown. */
export interface Placed {
  group: GalleryGroup;
  item: GalleryItem;
  index: number;
}

export interface Arrangement {
  shown: readonly Shown[];
  /** All items in the order in which they are shown. */
  flat: readonly Placed[];
  byId: ReadonlyMap<string, Placed>;
  /** How many the search lets through in each filter. */
  counts: Readonly<Record<Filter, number>>;
}

/** What is shown. @param groups in their order */
export function arrange(
  groups: readonly GalleryGroup[],
  filter: Filter,
  search: string,
): Arrangement {
  const words = fold(search)
    .split(/\s+/)
    .filter(word => word !== '');
  const counts = { all: 0, undecided: 0, kept: 0 };
  const shown: Shown[] = [];
  const flat: Placed[] = [];
  for (const group of groups) {
    const items: GalleryItem[] = [];
    for (const item of found(group, words)) {
      const own = item.kept ? 'kept' : 'undecided';
      counts[own]++;
      counts.all++;
      if (own === filter || filter === 'all') {
        items.push(item);
        flat.push({ group, item, index: flat.length });
      }
    }
    if (items.length > 0) shown.push({ group, items });
  }
  return { shown, flat, byId: new Map(flat.map(placed => [placed.item.id, placed])), counts };
}

/** Those of a group that have each word: in the request, or in the file's name and folder. */
function found(group: GalleryGroup, words: readonly string[]): readonly GalleryItem[] {
  if (words.length === 0) return group.items;
  const common = folded(group, () => {
    const words = group.options.flatMap(option => (option.words ? [option.value] : []));
    return [group.prompt, ...words, group.model].join('\n');
  });
  const left = words.filter(word => !common.includes(word));
  if (left.length === 0) return group.items;
  return group.items.filter(item => {
    const own = folded(item, () => `${item.name}\n${item.path}`);
    return left.every(word => own.includes(word));
  });
}

const texts = new WeakMap<object, string>();

/** The text of something that does not change, folded once: 5,000 prompts are searched with each letter that is typed. */
function folded(owner: object, text: () => string): string {
  let known = texts.get(owner);
  if (known === undefined) {
    known = fold(text());
    texts.set(owner, known);
  }
  return known;
}

/** NFKC makes full-width letters and digits, which Chinese input methods write, the same as the usual ones. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
