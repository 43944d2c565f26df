import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { FromPage } from '../../core/gallery/protocol.ts';
import type { Action } from '../model/actions.ts';
import type { Placed } from '../model/arrange.ts';
import type { Event, State } from '../model/state.ts';

/** What all parts of the page share. */
export interface Shared {
  state: State;
  dispatch: (event: Event) => void;
  post: (message: FromPage) => void;
  /** Does nothing if the action is not available for these. */
  run: (action: Action, targets: readonly Placed[]) => void;
  speak: (text: string) => void;
}

const Context = createContext<Shared | undefined>(undefined);

export const SharedProvider = Context.Provider;

export function useShared(): Shared {
  const shared = useContext(Context);
  if (!shared) throw new Error('This part is outside of the gallery.');
  return shared;
}

/** The editor's language: the page's HTML says it. */
export const language = (): string => document.documentElement.lang || navigator.language;
