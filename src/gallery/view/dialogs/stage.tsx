import * as l10n from '@vscode/l10n';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Placed } from '../../model/arrange.ts';
import { labelOf } from '../../model/texts.ts';
import {
  clamp,
  fit,
  fullFactor,
  pan,
  positionOf,
  zoomAt,
  type Extent,
  type Zoom,
} from '../../model/zoom.ts';
import { useShared } from '../context.ts';
import { useSize } from '../hooks.ts';
import { Icon } from '../icons.tsx';

/** Decoding more than that would take gigabytes of memory. */
const MAX_PIXELS = 100_000_000;

interface Props {
  placed: Placed;
  zoom: Zoom;
  onZoom: (zoom: Zoom) => void;
  /** Called when the sizes of the picture and the stage are known. */
  onExtents?: (picture: Extent, stage: Extent) => void;
}

/** A picture that can be zoomed and moved, or a video; or a sentence if it cannot be shown. */
export function Stage({ placed, ...rest }: Props) {
  const { item } = placed;
  if (item.kind === 'video') return <Video placed={placed} />;
  if (item.size && item.size.width * item.size.height > MAX_PIXELS)
    return (
      <Instead
        placed={placed}
        text={l10n.t('The picture has more than 100 million pixels, too many to show here.')}
      />
    );

  return <Picture key={item.id} placed={placed} {...rest} />;
}

function Picture({ placed, zoom, onZoom, onExtents }: Props) {
  const {
    state: { thumbnails },
  } = useShared();
  const { item } = placed;
  const stage = useRef<HTMLDivElement>(null);
  const room = useSize(stage);
  const [natural, setNatural] = useState<Extent | undefined>(item.size);
  const [loaded, setLoaded] = useState(false);
  const [failed, setFailed] = useState(false);
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    setFailed(false);
    setLoaded(false);
  }, [item.source]);
  useEffect(() => {
    if (natural && room) onExtents?.(natural, room);
  }, [natural, room]);
  if (failed)
    return (
      <Instead
        placed={placed}
        text={thumbnails.get(item.id)?.problem ?? l10n.t('The picture cannot be shown.')}
      />
    );

  const ready = natural && room;
  const shown = ready && clamp(zoom, natural, room);
  const position = shown && positionOf(shown, natural, room);
  const fromMiddle = (event: MouseEvent, { width, height }: Extent) => {
    const { left = 0, top = 0 } = stage.current?.getBoundingClientRect() ?? {};
    return { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 };
  };
  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    if (!shown) return;
    const delta = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 33 : event.deltaY;
    // A pinch arrives as wheel events with Ctrl and small deltas.
    onZoom(
      zoomAt(
        shown,
        Math.exp(-delta * (event.ctrlKey && Math.abs(delta) < 50 ? 0.01 : 0.002)),
        fromMiddle(event, room),
        natural,
        room,
      ),
    );
  };
  const onDblClick = (event: MouseEvent) => {
    if (!shown) return;
    // Toggles its actual size; a small picture is shown at twice its size.
    onZoom(
      shown.factor > 1
        ? fit
        : zoomAt(
            shown,
            fullFactor(natural, room) > 1 ? fullFactor(natural, room) : 2,
            fromMiddle(event, room),
            natural,
            room,
          ),
    );
  };
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    stage.current?.setPointerCapture(event.pointerId);
    setDragging(true);
  };
  const style = position && {
    width: `${natural.width}px`,
    height: `${natural.height}px`,
    transform: `translate(${position.left}px, ${position.top}px) scale(${position.scale})`,
  };
  const small = thumbnails.get(item.id)?.address;
  const movable = shown !== undefined && shown.factor > 1;
  return (
    <div
      ref={stage}
      class={['stage', movable && 'movable', dragging && 'dragging', !loaded && 'loading']
        .filter(Boolean)
        .join(' ')}
      onWheel={onWheel}
      onPointerDown={onPointerDown}
      onPointerMove={event => {
        if (dragging && shown)
          onZoom(pan(shown, { x: event.movementX, y: event.movementY }, natural, room));
      }}
      onPointerUp={() => setDragging(false)}
      onPointerCancel={() => setDragging(false)}
      onDblClick={onDblClick}
    >
      {!loaded && small !== undefined && style && (
        <img class="preview" src={small} alt="" draggable={false} style={style} />
      )}
      <img
        class={position && position.scale >= 4 ? 'picture pixels' : 'picture'}
        src={item.source}
        alt={labelOf(placed)}
        draggable={false}
        style={style}
        onLoad={event => {
          const { naturalWidth: width, naturalHeight: height } = event.currentTarget;
          setNatural({ width, height });
          setLoaded(true);
        }}
        onError={() => setFailed(true)}
      />
    </div>
  );
}

function Video({ placed }: { placed: Placed }) {
  const { item } = placed;
  const [failed, setFailed] = useState<string>();
  if (failed === item.source)
    return <Instead placed={placed} text={l10n.t('The video cannot be played here.')} />;
  return (
    <div class="stage">
      <video
        key={item.source}
        controls
        loop
        src={item.source}
        aria-label={labelOf(placed)}
        onError={() => setFailed(item.source)}
      />
    </div>
  );
}

function Instead({ placed, text }: { placed: Placed; text: string }) {
  const { run } = useShared();
  return (
    <div class="stage instead">
      <Icon name="broken" />
      <p>{text}</p>
      <button class="primary" onClick={() => run('open', [placed])}>
        {l10n.t('Open')}
      </button>
    </div>
  );
}
