import type { Move } from './moves.ts';

/** What a key means over the grid. */
export type Intent =
  | { do: 'move'; move: Move; manner: 'only' | 'range' | 'focus' }
  | { do: 'search' }
  | { do: 'toggle' | 'open' | 'selectAll' | 'clear' | 'keep' | 'delete' | 'compare' };

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

const moves: Readonly<Record<string, Move>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
};

const plain: Readonly<Record<string, Intent['do']>> = {
  ' ': 'toggle',
  Enter: 'open',
  Escape: 'clear',
  '/': 'search',
  Delete: 'delete',
  Backspace: 'delete',
  k: 'keep',
  x: 'delete',
  c: 'compare',
};

const withControl: Readonly<Record<string, Intent['do']>> = {
  a: 'selectAll',
  f: 'search',
  ' ': 'toggle',
};

/** Undefined for keys that are left to the editor. */
export function intentOf({ key, ctrlKey, metaKey, shiftKey, altKey }: Pressed): Intent | undefined {
  if (altKey) return undefined;
  const control = ctrlKey || metaKey;
  const move = moves[key];
  if (move) return { do: 'move', move, manner: shiftKey ? 'range' : control ? 'focus' : 'only' };
  const name = key.length === 1 ? key.toLowerCase() : key;
  const found = (control ? (shiftKey ? {} : withControl) : plain)[name];
  return found === undefined ? undefined : ({ do: found } as Intent);
}
