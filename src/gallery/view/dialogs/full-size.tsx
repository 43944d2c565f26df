import * as l10n from '@vscode/l10n';
import { useEffect, useState } from 'preact/hooks';
import type { Action } from '../../model/actions.ts';
import type { Placed } from '../../model/arrange.ts';
import { labelOf, titleOf } from '../../model/texts.ts';
import {
  clamp,
  fit,
  fitScale,
  fullFactor,
  zoomAt,
  type Extent,
  type Zoom,
} from '../../model/zoom.ts';
import { useShared } from '../context.ts';
import { Details } from './details.tsx';
import { Dialog } from './dialog.tsx';
import { Icon, type IconName } from '../icons.tsx';
import { Stage } from './stage.tsx';
import { ThumbnailView } from '../grid/tile.tsx';

/** One picture over the whole page. */
export function FullSize({ placed }: { placed: Placed }) {
  const { state, dispatch, run, speak } = useShared();
  const {
    arrangement: { flat, byId },
  } = state;
  const { item, group, index } = placed;
  const [zoom, setZoom] = useState<Zoom>(fit);
  const [extents, setExtents] = useState<{ picture: Extent; stage: Extent }>();
  const neighbour = (step: number) => flat[index + step];

  useEffect(() => {
    setZoom(fit);
    setExtents(undefined);
    speak(labelOf(placed));
  }, [item.id]);
  useEffect(() => {
    const next = neighbour(1)?.item;
    if (
      next?.kind === 'picture' &&
      (next.size ? next.size.width * next.size.height : Infinity) < 50_000_000
    )
      new Image().src = next.source;
  }, [item.id]);

  const close = () => dispatch({ type: 'over', over: undefined });
  const show = (to: Placed | undefined) => {
    if (to) dispatch({ type: 'over', over: { kind: 'full', id: to.item.id } });
  };
  const decide = (action: Action) => {
    run(action, [placed]);
    // A deleted picture is followed by the next one as soon as it is gone.
    if (action === 'keep' || action === 'keepOnly') show(neighbour(1) ?? neighbour(-1));
  };
  const zoomBy = (by: number) =>
    extents &&
    setZoom(
      zoomAt(
        clamp(zoom, extents.picture, extents.stage),
        by,
        { x: 0, y: 0 },
        extents.picture,
        extents.stage,
      ),
    );
  const actualSize = () =>
    extents &&
    setZoom(
      clamp(
        { ...zoom, factor: fullFactor(extents.picture, extents.stage) },
        extents.picture,
        extents.stage,
      ),
    );

  const keys: Record<string, () => unknown> = {
    Escape: close,
    ArrowLeft: () => show(neighbour(-1)),
    ArrowRight: () => show(neighbour(1)),
    Home: () => show(flat[0]),
    End: () => show(flat.at(-1)),
    '+': () => zoomBy(1.25),
    '=': () => zoomBy(1.25),
    '-': () => zoomBy(0.8),
    0: () => setZoom(fit),
    1: actualSize,
    k: () => decide(item.kept ? 'undecide' : 'keep'),
    x: () => decide('delete'),
    Delete: () => decide('delete'),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || (event.target instanceof HTMLVideoElement && event.key !== 'Escape'))
      return;
    const act =
      event.ctrlKey || event.metaKey
        ? undefined
        : keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const percent =
    extents &&
    Math.round(
      100 *
        clamp(zoom, extents.picture, extents.stage).factor *
        fitScale(extents.picture, extents.stage),
    );
  const tool = (name: IconName, label: string, act: () => unknown) => (
    <button class="icon-button" title={label} aria-label={label} onClick={act}>
      <Icon name={name} />
    </button>
  );
  const siblings = group.items
    .map(({ id }) => byId.get(id))
    .filter(sibling => sibling !== undefined);
  return (
    <Dialog class="full-size" label={titleOf(group).slice(0, 160)} onKeyDown={onKeyDown}>
      <div class="dialog-bar">
        {tool('close', l10n.t('Close'), close)}
        <span class="position">
          {index + 1} / {flat.length}
        </span>
        <span class="title" dir="auto">
          {item.name}
        </span>
        {extents && item.kind === 'picture' && (
          <span class="zooms">
            {tool('minus', l10n.t('Zoom Out'), () => zoomBy(0.8))}
            <button
              class="quiet percent"
              title={l10n.t('Actual Size')}
              aria-label={l10n.t('Actual Size')}
              onClick={actualSize}
            >
              {percent} %
            </button>
            {tool('plus', l10n.t('Zoom In'), () => zoomBy(1.25))}
            {tool('fit', l10n.t('Fit'), () => setZoom(fit))}
          </span>
        )}
      </div>
      <div class="viewer">
        <Stage
          placed={placed}
          zoom={zoom}
          onZoom={setZoom}
          onExtents={(picture, stage) => setExtents({ picture, stage })}
        />
        <button
          class="turn back"
          title={l10n.t('Previous')}
          aria-label={l10n.t('Previous')}
          disabled={!neighbour(-1)}
          onClick={() => show(neighbour(-1))}
        >
          <Icon name="left" />
        </button>
        <button
          class="turn on"
          title={l10n.t('Next')}
          aria-label={l10n.t('Next')}
          disabled={!neighbour(1)}
          onClick={() => show(neighbour(1))}
        >
          <Icon name="right" />
        </button>
        {item.kept && (
          <span class="mark" title={l10n.t('Kept')}>
            <Icon name="star" filled />
          </span>
        )}
      </div>
      {siblings.length > 1 && (
        <nav class="filmstrip" aria-label={l10n.t('Variations')}>
          {siblings.map(sibling => (
            <button
              key={sibling.item.id}
              aria-label={labelOf(sibling)}
              aria-current={sibling === placed}
              onClick={() => show(sibling)}
            >
              {sibling.item.kind === 'video' ? (
                <Icon name="play" filled />
              ) : (
                <ThumbnailView thumbnail={state.thumbnails.get(sibling.item.id)} />
              )}
              {sibling.item.kept && (
                <span class="mark">
                  <Icon name="star" filled />
                </span>
              )}
            </button>
          ))}
        </nav>
      )}
      <Details placed={placed} decide={decide} />
    </Dialog>
  );
}
