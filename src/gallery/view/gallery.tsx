import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { keepState, kept, listen, post } from '../host.ts';
import { actionsFor, type Action } from '../model/actions.ts';
import type { Placed } from '../model/arrange.ts';
import { keep, restore, type Anchor } from '../model/kept.ts';
import { intentOf } from '../model/keys.ts';
import { begin, reduce } from '../model/state.ts';
import { perform } from '../perform.ts';
import { ActionBar } from './action-bar.tsx';
import { Compare } from './compare.tsx';
import { SharedProvider, type Shared } from './context.ts';
import { Empty } from './empty.tsx';
import { FullSize } from './full-size.tsx';
import { Grid } from './grid.tsx';
import { useDebounced, useLatest } from './hooks.ts';
import { Menu, type MenuAt } from './menu.tsx';
import { TopBar } from './top-bar.tsx';

const before = restore(kept());

/** The whole page. */
export function Gallery() {
  const [state, dispatch] = useReducer(reduce, before, begin);
  const [said, say] = useState('');
  const [menu, setMenu] = useState<MenuAt>();
  const anchor = useRef<Anchor | undefined>(before.anchor);
  const search = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const stop = listen(dispatch);
    post({ type: 'ready' });
    return stop;
  }, []);
  const keepNow = useLatest(() => keepState(keep(state, anchor.current)));
  const keepSoon = useDebounced(keepNow, 200);
  useEffect(keepSoon, [state.search, state.filter, state.tileSize, state.selection, state.over]);
  useEffect(() => {
    // who leaves may reload the window at once
    window.addEventListener('blur', keepNow);
    return () => window.removeEventListener('blur', keepNow);
  }, []);

  // Wherever the focus is: with the last picture that is shown the grid is gone too. The editor has prevented some of these
  // already, so that the browser does not undo and search by itself.
  const onKey = useLatest((event: KeyboardEvent) => {
    const intent = intentOf(event)?.do;
    const typing =
      event.target instanceof HTMLInputElement &&
      event.target.type === 'text' &&
      (intent === 'undo' || event.key === '/');
    if (typing || (intent !== 'undo' && intent !== 'search') || (intent === 'search' && state.over))
      return;
    event.preventDefault();
    if (intent === 'undo') {
      post({ type: 'undo' });
    } else {
      search.current?.focus();
      search.current?.select();
    }
  });
  useEffect(() => {
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  // The same words twice would not be read out twice.
  const announce = useLatest((text: string) => say(text === said ? `${text}\u00a0` : text));
  const run = useLatest((action: Action, targets: readonly Placed[]) => {
    if (actionsFor(targets).flat().includes(action))
      perform(action, targets, { post, dispatch, announce });
  });
  const openMenu = useLatest((at: { x: number; y: number }, targets: readonly Placed[]) =>
    setMenu(targets.length > 0 ? { ...at, targets } : undefined),
  );
  // All tiles are drawn anew when this changes.
  const shared = useMemo<Shared>(
    () => ({ state, dispatch, post, run, announce, openMenu }),
    [state],
  );
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
      {menu && <Menu at={menu} onClose={() => setMenu(undefined)} />}
      <div class="unseen" role="status">
        {said}
      </div>
    </SharedProvider>
  );
}
