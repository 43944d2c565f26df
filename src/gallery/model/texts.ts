import * as l10n from '@vscode/l10n';
import type { GalleryAction, GalleryGroup, GalleryItem } from '../../core/gallery/protocol.ts';
import type { Filter, Placed } from './arrange.ts';

export function actionText(action: GalleryAction): string {
  switch (action) {
    case 'fullSize':
      return l10n.t('Full Size');
    case 'compare':
      return l10n.t('Compare');
    case 'keep':
      return l10n.t('Keep');
    case 'undecide':
      return l10n.t('No Longer Keep');
    case 'keepOnly':
      return l10n.t('Keep Only This');
    case 'delete':
      return l10n.t('Delete');
    case 'open':
      return l10n.t('Open');
    case 'insert':
      return l10n.t('Insert into Editor');
    case 'insertForWeb':
      return l10n.t('Insert for the Web…');
    case 'transform':
      return l10n.t('Transform Image…');
    case 'video':
      return l10n.t('Make a Video from This…');
    case 'runAgain':
      return l10n.t('Run Again from This Picture…');
    case 'showSettings':
      return l10n.t('Show Settings of This Picture');
    case 'reveal':
      return l10n.t('Show in Explorer');
    case 'copyPath':
      return l10n.t('Copy Path');
    case 'copyPrompt':
      return l10n.t('Copy Prompt');
  }
}

export function filterText(filter: Filter): string {
  switch (filter) {
    case 'all':
      return l10n.t('All');
    case 'undecided':
      return l10n.t('Undecided');
    case 'kept':
      return l10n.t('Kept');
  }
}

/** The heading of a group. */
export function titleOf({ prompt, items }: GalleryGroup): string {
  return prompt === undefined || prompt.trim() === '' ? (items[0]?.name ?? '') : prompt;
}

/** What a screen reader says of a tile. A prompt may be very long, and is read out with each step of the keyboard. */
export function labelOf({ group, item }: Placed, problem?: string): string {
  const title = titleOf(group).replace(/\s+/g, ' ').trim();
  const parts = [
    title.length > 160 ? `${title.slice(0, 160)}…` : title,
    item.kind === 'video' ? l10n.t('video') : undefined,
    item.variation === undefined || group.items.length < 2
      ? undefined
      : l10n.t('variation {0}', item.variation),
    pixels(item),
    group.demo ? l10n.t('demo') : undefined,
    item.kept ? l10n.t('kept') : undefined,
    problem,
  ];
  return parts.filter(part => part !== undefined).join(', ');
}

export function pixels({ size }: GalleryItem): string | undefined {
  return size && `${size.width} × ${size.height}`;
}

/** What was just decided, for people who do not see it. */
export function decidedText(decision: 'keep' | 'undecide', count: number): string {
  return decision === 'keep' ? l10n.t('{0} kept', count) : l10n.t('{0} no longer kept', count);
}
