import * as l10n from '@vscode/l10n';
import type { TargetedMouseEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Placed } from '../../model/arrange.ts';
import { targets } from '../../model/selection.ts';
import type { Thumbnail } from '../../model/state.ts';
import { actionText, labelOf } from '../../model/texts.ts';
import { useShared } from '../context.ts';
import { offerMenu } from '../context-menu.ts';
import { Icon } from '../icons.tsx';

/** The id of an option in the page. @param index in display order */
export const optionId = (index: number): string => `option-${index}`;

/** One picture or video. Its buttons are for the mouse, and hidden from screen readers: keys and the menu do the same. */
export function Tile({ placed, size }: { placed: Placed; size: number }) {
  const { state, dispatch, run } = useShared();
  const { item, group, index } = placed;
  const { selection, arrangement } = state;
  const thumbnail = state.thumbnails.get(item.id);
  const selected = selection.selected.has(item.id);
  const { kept } = item;
  const select = (event: MouseEvent) =>
    dispatch({
      type: 'select',
      id: item.id,
      manner: event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'only',
    });
  const onContextMenu = (event: TargetedMouseEvent<HTMLElement>) => {
    if (!selected) dispatch({ type: 'select', id: item.id, manner: 'only' });
    offerMenu(event.currentTarget, selected ? targets(selection, arrangement) : [placed]);
  };
  const button = (action: 'keep' | 'undecide' | 'delete') => (
    <span
      class="corner-button"
      title={actionText(action)}
      onClick={event => {
        event.stopPropagation();
        run(action, [placed]);
      }}
      onDblClick={event => event.stopPropagation()}
    >
      <Icon name={action === 'delete' ? 'trash' : 'star'} filled={action === 'undecide'} />
    </span>
  );
  return (
    <div
      id={optionId(index)}
      role="option"
      class={[
        'tile',
        selected && 'selected',
        selection.focus === item.id && 'focused',
        kept && 'kept',
      ]
        .filter(Boolean)
        .join(' ')}
      aria-selected={selected}
      aria-setsize={arrangement.flat.length}
      aria-posinset={index + 1}
      aria-label={labelOf(placed, thumbnail?.problem)}
      title={thumbnail?.problem ?? item.name}
      style={{ width: `${size}px`, height: `${size}px` }}
      onClick={select}
      onDblClick={() => run('fullSize', [placed])}
      onContextMenu={onContextMenu}
    >
      {item.kind === 'video' ? (
        <div class="video" aria-hidden="true">
          <Icon name="play" filled />
          <span class="name" dir="auto">
            {item.name}
          </span>
        </div>
      ) : (
        <ThumbnailView thumbnail={thumbnail} />
      )}
      <div class="corners" aria-hidden="true">
        <span
          class="check"
          title={l10n.t('Select')}
          onClick={event => {
            event.stopPropagation();
            dispatch({ type: 'select', id: item.id, manner: 'toggle' });
          }}
        >
          <Icon name="check" />
        </span>
        {item.variation !== undefined && group.items.length > 1 && (
          <span class="variation">{item.variation}</span>
        )}
        <span class="decide">
          {button('delete')}
          {button(kept ? 'undecide' : 'keep')}
        </span>
        {kept && (
          <span class="mark">
            <Icon name="star" filled />
          </span>
        )}
      </div>
    </div>
  );
}

/** A thumbnail, a placeholder until it is loaded, or a sign that there is none. */
export function ThumbnailView({ thumbnail }: { thumbnail: Thumbnail | undefined }) {
  const [loaded, setLoaded] = useState<string>();
  const [failed, setFailed] = useState<string>();
  const address = thumbnail?.address;
  if (thumbnail && (address === undefined || failed === address))
    return (
      <div class="broken" aria-hidden="true">
        <Icon name="broken" />
      </div>
    );
  return (
    <>
      {loaded !== address || address === undefined ? (
        <div class="skeleton" aria-hidden="true" />
      ) : null}
      {address !== undefined && (
        <img
          src={address}
          alt=""
          draggable={false}
          decoding="async"
          class={loaded === address ? 'loaded' : ''}
          onLoad={() => setLoaded(address)}
          onError={() => setFailed(address)}
        />
      )}
    </>
  );
}
