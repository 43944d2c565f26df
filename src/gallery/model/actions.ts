import type { GalleryAction, FromPage } from '../../core/gallery/protocol.ts';
import type { Placed } from './arrange.ts';
import type { Event } from './state.ts';
import { decidedText } from './texts.ts';

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

/** What an action needs of the page. */
export interface Means {
  post: (message: FromPage) => void;
  dispatch: (event: Event) => void;
  /** Says it to people who do not see the page. */
  speak: (text: string) => void;
}

/** Does, or has the extension do, what was chosen. @param targets not empty, and such that the action is offered for them */
export function perform(
  action: Action,
  targets: readonly Placed[],
  { post, dispatch, speak }: Means,
): void {
  const ids = targets.map(({ item }) => item.id);
  const [first, second] = targets;
  if (!first) return;
  switch (action) {
    case 'fullSize':
      dispatch({ type: 'over', over: { kind: 'full', id: first.item.id } });
      break;
    case 'compare':
      if (second)
        dispatch({ type: 'over', over: { kind: 'compare', ids: [first.item.id, second.item.id] } });
      break;
    case 'copyPrompt':
      post({ type: 'copyPrompt', key: first.group.key });
      break;
    case 'delete':
      post({ type: 'decide', decision: 'delete', ids });
      break;
    case 'keepOnly':
      post({ type: 'decide', decision: 'keep', ids });
      post({ type: 'decide', decision: 'delete', ids: rivals(targets) });
      break;
    case 'keep':
    case 'undecide':
      post({ type: 'decide', decision: action, ids });
      speak(decidedText(action, ids.length));
      break;
    default:
      post({ type: 'command', command: action, ids });
  }
}
