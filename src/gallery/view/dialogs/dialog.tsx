import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface Props {
  label: string;
  class: string;
  onKeyDown: (event: KeyboardEvent) => void;
  children: ComponentChildren;
}

const focusable = 'button:not(:disabled), video[controls], [tabindex="0"]';

/** Opens over the grid and keeps the focus. Everything below is inert; the grid gets the focus back. */
export function Dialog({ label, class: name, onKeyDown, children }: Props) {
  const dialog = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => dialog.current?.focus(), []);
  const holdFocus = (event: KeyboardEvent) => {
    if (event.key !== 'Tab') {
      onKeyDown(event);
      return;
    }
    const all = [...(dialog.current?.querySelectorAll<HTMLElement>(focusable) ?? [])];
    const [first, last] = [all[0], all.at(-1)];
    const now = document.activeElement;
    if (event.shiftKey ? now === first || now === dialog.current : now === last) {
      event.preventDefault();
      (event.shiftKey ? last : first)?.focus();
    }
  };
  return (
    <div
      ref={dialog}
      class={`dialog ${name}`}
      role="dialog"
      aria-modal="true"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={holdFocus}
    >
      {children}
    </div>
  );
}
