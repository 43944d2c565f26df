import type { FromPage } from '../core/gallery/protocol.ts';
import { rivals, type Action } from './model/actions.ts';
import type { Placed } from './model/arrange.ts';
import type { Event } from './model/state.ts';
import { decidedText } from './model/texts.ts';

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
