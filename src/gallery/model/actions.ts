import type { GalleryAction } from '../../core/gallery/protocol.ts';
import type { Placed } from './arrange.ts';

export type Action = GalleryAction;

/** What can be done with what is selected, in the order in which it is offered. */
export function actionsFor(targets: readonly Placed[]): Action[] {
  const [first] = targets;
  if (!first) return [];
  const single = targets.length === 1;
  const pictures = targets.every(({ item }) => item.kind === 'picture');
  const when = (condition: boolean, ...actions: Action[]) => (condition ? actions : []);
  return [
    ...when(single, 'fullSize'),
    ...when(comparable(targets), 'compare'),
    targets.every(({ item }) => item.kept) ? 'undecide' : 'keep',
    ...when(rivals(targets).length > 0, 'keepOnly'),
    'delete',
    ...when(pictures, 'insert', 'insertForWeb', 'transform', 'video'),
    ...when(single && first.item.remembers, 'runAgain', 'showSettings'),
    'open',
    'reveal',
    'copyPath',
    ...when(single && first.group.prompt !== undefined, 'copyPrompt'),
  ];
}

/** Two pictures, which can be shown side by side. */
export function comparable(targets: readonly Placed[]): boolean {
  return targets.length === 2 && targets.every(({ item }) => item.kind === 'picture');
}

/** The other variations that are not kept: "Keep Only This" deletes them. */
export function rivals(targets: readonly Placed[]): string[] {
  const [only] = targets;
  if (!only || targets.length > 1) return [];
  return only.group.items
    .filter(item => item.id !== only.item.id && !item.kept)
    .map(item => item.id);
}
