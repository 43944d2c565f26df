import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { ToPage, FromPage } from '../../core/gallery/protocol.ts';
import { actionsFor, perform, type Action } from '../model/actions.ts';
import type { Placed } from '../model/arrange.ts';
import { keep, restore, type Anchor } from '../model/kept.ts';
import { intentOf } from '../model/keys.ts';
import { targets } from '../model/selection.ts';
import { begin, reduce } from '../model/state.ts';
import { ActionBar } from './action-bar.tsx';
import { Compare } from './dialogs/compare.tsx';
import { SharedProvider, type Shared } from './context.ts';
import { Empty } from './empty.tsx';
import { FullSize } from './dialogs/full-size.tsx';
import { Grid } from './grid/grid.tsx';
import { useDebounced, useLatest } from './hooks.ts';
import { TopBar } from './top-bar.tsx';

declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: unknown): void;
};

const editor = acquireVsCodeApi();

function post(message: FromPage): void {
  editor.postMessage(message);
}

/** What the page kept before a reload. */
function kept(): unknown {
  return editor.getState();
}

function keepState(state: unknown): void {
  editor.setState(state);
}

/** Listens to the extension, until the returned function is called. */
function listen(receive: (message: ToPage) => void): () => void {
  const listener = ({ data }: MessageEvent<ToPage>) => receive(data);
  window.addEventListener('message', listener);
  return () => window.removeEventListener('message', listener);
}

const before = restore(kept());

/** The whole page. */
export function Gallery() {
  const [state, dispatch] = useReducer(reduce, before, begin);
  const [said, say] = useState('');
  const anchor = useRef<Anchor | undefined>(before.anchor);
  const search = useRef<HTMLInputElement>(null);

  const keepNow = useLatest(() => keepState(keep(state, anchor.current)));
  const keepSoon = useDebounced(keepNow, 200);
  useEffect(keepSoon, [state.search, state.filter, state.tileSize, state.selection, state.over]);
  useEffect(() => {
    // who leaves may reload the window at once
    window.addEventListener('blur', keepNow);
    return () => window.removeEventListener('blur', keepNow);
  }, []);

  // Wherever the focus is: with the last picture that is shown the grid is gone too. The editor has prevented some of these
  // already, so that the browser does not search.
  const onKey = useLatest((event: KeyboardEvent) => {
    const typing =
      event.target instanceof HTMLInputElement && event.target.type === 'text' && event.key === '/';
    if (typing || intentOf(event)?.do !== 'search' || state.over) return;
    event.preventDefault();
    search.current?.focus();
    search.current?.select();
  });
  useEffect(() => {
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  // The same words twice would not be read out twice.
  const speak = useLatest((text: string) => say(text === said ? `${text}\u00a0` : text));
  const run = useLatest((action: Action, on: readonly Placed[]) => {
    if (actionsFor(on).includes(action)) perform(action, on, { post, dispatch, speak });
  });
  const receive = useLatest((message: ToPage) => {
    if (message.type === 'run') run(message.action, targets(state.selection, state.arrangement));
    else dispatch(message);
  });
  useEffect(() => {
    const stop = listen(receive);
    post({ type: 'ready' });
    return stop;
  }, []);
  useEffect(() => {
    if (state.notice) speak(state.notice.text);
  }, [state.notice]);
  // All tiles are redrawn when this changes.
  const shared = useMemo<Shared>(() => ({ state, dispatch, post, run, speak }), [state]);
  const {
    over,
    arrangement: { flat, byId },
  } = state;
  const full = over?.kind === 'full' ? byId.get(over.id) : undefined;
  const two =
    over?.kind === 'compare'
      ? over.ids.map(id => byId.get(id)).filter(placed => placed !== undefined)
      : [];

  return (
    <SharedProvider value={shared}>
      <div class="page" inert={full !== undefined || two.length === 2}>
        <TopBar search={search} />
        {flat.length > 0 ? (
          <Grid
            anchor={anchor}
            onScrolled={keepSoon}
            first={full?.group.items ?? two.map(({ item }) => item)}
          />
        ) : (
          <Empty />
        )}
        <ActionBar />
      </div>
      {full && <FullSize placed={full} />}
      {two[0] && two[1] && <Compare two={[two[0], two[1]]} />}
      <div class="unseen" role="status">
        {said}
      </div>
    </SharedProvider>
  );
}
