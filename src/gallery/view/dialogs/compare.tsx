import * as l10n from '@vscode/l10n';
import { useState } from 'preact/hooks';
import type { Action } from '../../model/actions.ts';
import type { Placed } from '../../model/arrange.ts';
import { actionText, pixels, titleOf } from '../../model/texts.ts';
import { fit, type Zoom } from '../../model/zoom.ts';
import { useShared } from '../context.ts';
import { Dialog } from './dialog.tsx';
import { actionIcons, Icon } from '../icons.tsx';
import { Stage } from './stage.tsx';

/** Two pictures side by side, zoomed and moved together. */
export function Compare({ two }: { two: readonly [Placed, Placed] }) {
  const { dispatch, run } = useShared();
  const [zoom, setZoom] = useState<Zoom>(fit);
  const close = () => dispatch({ type: 'over', over: undefined });
  const by = (factor: number) => () =>
    setZoom({ ...zoom, factor: Math.min(64, Math.max(1, zoom.factor * factor)) });
  const keys: Record<string, () => unknown> = {
    Escape: close,
    c: close,
    '+': by(1.25),
    '=': by(1.25),
    '-': by(0.8),
    0: () => setZoom(fit),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const act = event.altKey || event.ctrlKey || event.metaKey ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  /** For the focused side. */
  const decideByKey = (event: KeyboardEvent, placed: Placed) => {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey || event.altKey || (key !== 'k' && key !== 'x')) return;
    event.preventDefault();
    run(key === 'x' ? 'delete' : placed.item.kept ? 'undecide' : 'keep', [placed]);
  };
  return (
    <Dialog class="compare" label={l10n.t('Compare')} onKeyDown={onKeyDown}>
      <div class="dialog-bar">
        <button
          class="icon-button"
          title={l10n.t('Close')}
          aria-label={l10n.t('Close')}
          onClick={close}
        >
          <Icon name="close" />
        </button>
        <span class="title">{l10n.t('Compare')}</span>
        <span class="zooms">
          <button
            class="icon-button"
            title={l10n.t('Zoom Out')}
            aria-label={l10n.t('Zoom Out')}
            onClick={by(0.8)}
          >
            <Icon name="minus" />
          </button>
          <button
            class="icon-button"
            title={l10n.t('Zoom In')}
            aria-label={l10n.t('Zoom In')}
            onClick={by(1.25)}
          >
            <Icon name="plus" />
          </button>
          <button
            class="icon-button"
            title={l10n.t('Fit')}
            aria-label={l10n.t('Fit')}
            onClick={() => setZoom(fit)}
          >
            <Icon name="fit" />
          </button>
        </span>
      </div>
      <div class="pair">
        {two.map(placed => (
          <section
            key={placed.item.id}
            class="side"
            aria-label={placed.item.name}
            onKeyDown={event => decideByKey(event, placed)}
          >
            <Stage placed={placed} zoom={zoom} onZoom={setZoom} />
            <Caption placed={placed} />
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Caption({ placed }: { placed: Placed }) {
  const { run } = useShared();
  const { item, group } = placed;
  const actions: Action[] = [item.kept ? 'undecide' : 'keep', 'delete'];
  return (
    <div class="caption">
      <span class="title" title={titleOf(group)}>
        <bdi>{item.name}</bdi>
      </span>
      <span class="pixels">{pixels(item)}</span>
      {actions.map(action => (
        <button key={action} class="quiet" onClick={() => run(action, [placed])}>
          <Icon name={actionIcons[action] ?? 'more'} filled={action === 'undecide'} />
          {actionText(action)}
        </button>
      ))}
    </div>
  );
}
