import type { GalleryGroup, GalleryItem } from '../../../src/core/gallery/protocol.ts';

export function item(id: string, more: Partial<GalleryItem> = {}): GalleryItem {
  return {
    id,
    name: `${id}.png`,
    path: `pic/${id}.png`,
    source: `https://files/${id}`,
    kind: 'picture',
    bytes: 1_000,
    modified: 0,
    kept: false,
    remembers: true,
    ...more,
  };
}

/** A task with so many variations: `a` has `a1`, `a2`, … */
export function group(
  key: string,
  variations: number,
  more: Partial<GalleryGroup> = {},
): GalleryGroup {
  return {
    key,
    time: 0,
    demo: false,
    prompt: `prompt of ${key}`,
    options: [],
    items: Array.from({ length: variations }, (_, index) =>
      item(`${key}${index + 1}`, { variation: index + 1 }),
    ),
    ...more,
  };
}
