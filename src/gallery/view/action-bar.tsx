import * as l10n from '@vscode/l10n';
import { actionsFor, type Action } from '../model/actions.ts';
import { targets } from '../model/selection.ts';
import { actionText } from '../model/texts.ts';
import { useShared } from './context.ts';
import { actionIcons, Icon } from './icons.tsx';
import { offerMenu, openMenu } from './context-menu.ts';

/** The most frequent ones. */
const inBar: readonly Action[] = [
  'keep',
  'undecide',
  'keepOnly',
  'delete',
  'compare',
  'fullSize',
  'insert',
];

/**
 * What is shown and selected, and the available actions. Always there, so that a click does not shift the tile under the
 * pointer.
 */
export function ActionBar() {
  const { state, run, dispatch } = useShared();
  const {
    arrangement: { flat, byId },
    selection,
  } = state;
  const count = [...selection.selected].filter(id => byId.has(id)).length;
  const chosen = count > 0 ? targets(selection, state.arrangement) : [];
  const offered = actionsFor(chosen);
  return (
    <div
      class="action-bar"
      role="toolbar"
      aria-label={l10n.t('Actions')}
      onContextMenu={event => offerMenu(event.currentTarget, chosen)}
    >
      {chosen.length === 0 && (
        <span class="shown">{flat.length > 0 && l10n.t('{0} shown', flat.length)}</span>
      )}
      {chosen.length > 0 && (
        <>
          <button
            class="icon-button"
            aria-label={l10n.t('Clear Selection')}
            title={l10n.t('Clear Selection')}
            onClick={() => dispatch({ type: 'clear' })}
          >
            <Icon name="close" />
          </button>
          <span class="shown">{l10n.t('{0} selected', chosen.length)}</span>
          {inBar
            .filter(action => offered.includes(action))
            .map(action => (
              <button
                key={action}
                class={`quiet ${action}`}
                title={actionText(action)}
                aria-label={actionText(action)}
                onClick={() => run(action, chosen)}
              >
                <Icon name={actionIcons[action] ?? 'more'} filled={action === 'undecide'} />
                <span class="label">{actionText(action)}</span>
              </button>
            ))}
          <button
            class="quiet"
            aria-haspopup="menu"
            title={l10n.t('More Actions…')}
            aria-label={l10n.t('More Actions…')}
            onClick={event => {
              const { left, top } = event.currentTarget.getBoundingClientRect();
              openMenu(event.currentTarget, { x: left, y: top });
            }}
          >
            <Icon name="more" />
          </button>
        </>
      )}
      <span class="reading">
        {(state.reading ?? 0) > 0 && l10n.t('reading {0} files…', state.reading ?? 0)}
      </span>
      {state.notice && <span class="notice">{state.notice.text}</span>}
    </div>
  );
}
