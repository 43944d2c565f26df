import type { Action } from '../model/actions.ts';

/** 16 × 16, stroked in the text's colour. */
const strokes = {
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3 14 14',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3.5 8.5 6.5 11.5 12.5 4.5',
  star: 'M8 2l1.85 3.75 4.15.6-3 2.93.7 4.12L8 11.45 4.3 13.4l.7-4.12-3-2.93 4.15-.6z',
  trash: 'M2.5 4.5h11M6 4.5V2.5h4v2M4 4.5l.6 9h6.8l.6-9M6.7 7v4M9.3 7v4',
  play: 'M5 3.2v9.6L12.8 8z',
  left: 'M10 3 5 8l5 5',
  right: 'M6 3l5 5-5 5',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  more: 'M3.4 8h.2M7.9 8h.2M12.4 8h.2',
  broken: 'M2.5 13.5v-11h11v11zM2.5 10.5l3-3 2 2 2.5-3.5 3.5 4M4 15 12.5 1',
  compare: 'M2 3h5v10H2zM9 3h5v10H9z',
  insert: 'M3 2.5h7L13 5.5v8H3zM8 6.5v5M5.5 9h5',
  open: 'M8.5 2.5h5v5M13.5 2.5 7.5 8.5M6 3.5H2.5v10h10V10',
  picture: 'M2 3h12v10H2zM2 11l3.5-3.5 3 3 2-2L14 12M10.5 6h.1',
} as const;

export type IconName = keyof typeof strokes;

/** Hidden from screen readers: its container has a label. */
export function Icon({ name, filled = false }: { name: IconName; filled?: boolean }) {
  return (
    <svg
      class="icon"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill={filled ? 'currentColor' : 'none'}
      stroke="currentColor"
      stroke-width={name === 'more' ? 2 : 1.2}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={strokes[name]} />
    </svg>
  );
}

/** For the actions in bars. */
export const actionIcons: Partial<Record<Action, IconName>> = {
  keep: 'star',
  undecide: 'star',
  keepOnly: 'star',
  delete: 'trash',
  fullSize: 'fit',
  compare: 'compare',
  insert: 'insert',
  open: 'open',
};
