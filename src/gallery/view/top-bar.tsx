import * as l10n from '@vscode/l10n';
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { filters } from '../model/arrange.ts';
import type { TileSize } from '../model/kept.ts';
import { TILE_SIZES } from '../model/layout.ts';
import { filterText } from '../model/texts.ts';
import { useShared } from './context.ts';
import { textMenu } from './context-menu.ts';
import { useDebounced } from './hooks.ts';
import { Icon } from './icons.tsx';

/** Search, filter, and the size of the tiles. */
export function TopBar({ search }: { search: RefObject<HTMLInputElement | null> }) {
  const { state, dispatch } = useShared();
  return (
    <header class="top-bar">
      <SearchField field={search} />
      <div class="segments" role="radiogroup" aria-label={l10n.t('Show')}>
        {filters.map(filter => (
          <label key={filter} class={state.filter === filter ? 'segment chosen' : 'segment'}>
            <input
              type="radio"
              name="filter"
              checked={state.filter === filter}
              onChange={() => dispatch({ type: 'filter', filter })}
            />
            <span>{filterText(filter)}</span>
            <span class="count">{state.arrangement.counts[filter]}</span>
          </label>
        ))}
      </div>
      <label class="tile-size" title={l10n.t('Size of the pictures')}>
        <Icon name="picture" />
        <input
          type="range"
          min={0}
          max={TILE_SIZES.length - 1}
          step={1}
          value={state.tileSize}
          aria-label={l10n.t('Size of the pictures')}
          onInput={event =>
            dispatch({ type: 'tileSize', tileSize: Number(event.currentTarget.value) as TileSize })
          }
        />
      </label>
    </header>
  );
}

function SearchField({ field }: { field: RefObject<HTMLInputElement | null> }) {
  const { state, dispatch, speak } = useShared();
  const [text, setText] = useState(state.search);
  const searched = useRef(state.search);
  const searchSoon = useDebounced((search: string) => {
    searched.current = search;
    dispatch({ type: 'search', search });
  }, 120);
  // Cleared from elsewhere.
  useEffect(() => {
    if (state.search !== searched.current) {
      searched.current = state.search;
      setText(state.search);
    }
  }, [state.search]);
  const shown = state.arrangement.flat.length;
  useEffect(() => {
    if (state.search !== '') speak(l10n.t('{0} shown', shown));
  }, [state.search, shown]);
  const clear = () => {
    setText('');
    searchSoon('');
  };
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        ref={field}
        type="text"
        dir="auto"
        data-vscode-context={textMenu}
        spellcheck={false}
        value={text}
        placeholder={l10n.t('Search prompts, models and files')}
        aria-label={l10n.t('Search prompts, models and files')}
        onInput={event => {
          setText(event.currentTarget.value);
          searchSoon(event.currentTarget.value);
        }}
        onKeyDown={event => {
          if (event.key === 'Escape') clear();
          if (event.key === 'ArrowDown' || (event.key === 'Enter' && !event.isComposing)) {
            document.querySelector<HTMLElement>('.grid')?.focus();
            event.preventDefault();
          }
        }}
      />
      {text !== '' && (
        <button
          class="icon-button"
          aria-label={l10n.t('Clear Search')}
          title={l10n.t('Clear Search')}
          onClick={() => {
            clear();
            field.current?.focus();
          }}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}
