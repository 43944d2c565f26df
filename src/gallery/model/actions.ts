import type { Decision, GalleryCommand } from '../../core/gallery/protocol.ts';
import type { Placed } from './arrange.ts';

/** What can be done with what is selected. */
export type Action = 'fullSize' | 'compare' | 'keepOnly' | 'copyPrompt' | Decision | GalleryCommand;

/** In the order in which they are offered, a block of the menu each. */
export function actionsFor(targets: readonly Placed[]): Action[][] {
  const [first] = targets;
  if (!first) return [];
  const single = targets.length === 1;
  const pictures = targets.every(({ item }) => item.kind === 'picture');
  const aside = targets.every(({ item }) => item.decision === 'aside');
  const when = (condition: boolean, ...actions: Action[]) => (condition ? actions : []);
  const prompt = single && first.group.prompt !== undefined;
  return [
    [...when(single, 'fullSize'), ...when(comparable(targets), 'compare')],
    aside
      ? ['restore', 'delete']
      : [
          targets.every(({ item }) => item.decision === 'kept') ? 'undecide' : 'keep',
          ...when(rivals(targets).length > 0, 'keepOnly'),
          'aside',
        ],
    when(pictures && !aside, 'insert', 'insertForWeb'),
    when(pictures && !aside, 'transform', 'video'),
    when(single && first.item.remembers, ...when(!aside, 'runAgain'), 'showSettings'),
    ['open', 'reveal', 'copyPath', ...when(prompt, 'copyPrompt')],
  ].filter(block => block.length > 0) as Action[][];
}

/** Two pictures stand side by side. */
export function comparable(targets: readonly Placed[]): boolean {
  return targets.length === 2 && targets.every(({ item }) => item.kind === 'picture');
}

/** The other variations that nobody decided about: "Keep Only This" puts them aside. */
export function rivals(targets: readonly Placed[]): string[] {
  const [only] = targets;
  if (!only || targets.length > 1 || only.item.decision === 'aside') return [];
  return only.group.items
    .filter(item => item.id !== only.item.id && item.decision === undefined)
    .map(item => item.id);
}
