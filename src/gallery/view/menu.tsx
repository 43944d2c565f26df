import * as l10n from '@vscode/l10n';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { actionsFor } from '../model/actions.ts';
import type { Placed } from '../model/arrange.ts';
import { actionText } from '../model/texts.ts';
import { useShared } from './context.ts';
import { useLatest } from './hooks.ts';

/** In CSS pixels of the window. */
export interface MenuAt {
  x: number;
  y: number;
  targets: readonly Placed[];
}

const keysOf: Readonly<Partial<Record<string, string>>> = {
  fullSize: 'Enter',
  compare: 'C',
  keep: 'K',
  undecide: 'K',
  aside: 'X',
  restore: 'R',
};

/** The menu of what is selected: by a right click, Shift+F10, or "More Actions…". */
export function Menu({ at, onClose }: { at: MenuAt; onClose: () => void }) {
  const { run } = useShared();
  const menu = useRef<HTMLDivElement>(null);
  const close = useLatest(onClose);
  const items = () => [...(menu.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];

  useLayoutEffect(() => {
    const before = document.activeElement;
    const { style, offsetWidth, offsetHeight } = menu.current ?? document.body;
    style.left = `${Math.max(4, Math.min(at.x, window.innerWidth - offsetWidth - 4))}px`;
    style.top = `${Math.max(4, at.y + offsetHeight + 4 > window.innerHeight ? Math.min(at.y, window.innerHeight - 4) - offsetHeight : at.y)}px`;
    items()[0]?.focus();
    // What the chosen action opens has the focus by then, and keeps it.
    return () => {
      if (
        before instanceof HTMLElement &&
        (document.activeElement === document.body || menu.current?.contains(document.activeElement))
      )
        before.focus();
    };
  }, [at]);
  useEffect(() => {
    const outside = (event: Event) => {
      if (!(event.target instanceof Node && menu.current?.contains(event.target))) close();
    };
    window.addEventListener('pointerdown', outside, true);
    window.addEventListener('blur', close);
    window.addEventListener('resize', close);
    return () => {
      window.removeEventListener('pointerdown', outside, true);
      window.removeEventListener('blur', close);
      window.removeEventListener('resize', close);
    };
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    const all = items();
    const now = all.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = {
      ArrowDown: now + 1,
      ArrowUp: now - 1 + all.length,
      Home: 0,
      End: all.length - 1,
    };
    const step = steps[event.key];
    event.stopPropagation();
    if (step !== undefined) {
      event.preventDefault();
      all[step % all.length]?.focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      onClose();
    } else if (event.key.length === 1 && event.key !== ' ') {
      const letter = event.key.toLowerCase();
      [...all.slice(now + 1), ...all.slice(0, now + 1)]
        .find(item => item.textContent.trim().toLowerCase().startsWith(letter))
        ?.focus();
    }
  };
  return (
    <div
      ref={menu}
      class="menu"
      role="menu"
      aria-label={l10n.t('Actions')}
      onKeyDown={onKeyDown}
      onContextMenu={event => event.preventDefault()}
    >
      {actionsFor(at.targets).map((block, index) => (
        <div key={block[0]} role="group" class={index > 0 ? 'block divided' : 'block'}>
          {block.map(action => (
            <button
              key={action}
              role="menuitem"
              tabIndex={-1}
              aria-keyshortcuts={keysOf[action]}
              onClick={() => {
                onClose();
                run(action, at.targets);
              }}
              onPointerMove={event => event.currentTarget.focus()}
            >
              <span>{actionText(action)}</span>
              <span class="keys" aria-hidden="true">
                {keysOf[action]}
              </span>
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}
