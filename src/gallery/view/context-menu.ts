import { actionsFor } from '../model/actions.ts';
import type { Placed } from '../model/arrange.ts';

/**
 * The editor draws the context menu: on `contextmenu` events it reads `data-vscode-context` of the element and its
 * ancestors, and offers the manifest's commands for it (`webview/context`). Called by handlers of that event: they run
 * before the editor's own.
 */
export function offerMenu(element: HTMLElement, targets: readonly Placed[]): void {
  element.dataset['vscodeContext'] = JSON.stringify({
    webviewSection: targets.length > 0 ? 'pictures' : 'none',
    galleryActions: actionsFor(targets).join(' '),
  });
}

/** Opens the menu of an element as a right click would. @param at in CSS pixels of the window */
export function openMenu(element: HTMLElement, at: { x: number; y: number }): void {
  element.dispatchEvent(
    new MouseEvent('contextmenu', {
      bubbles: true,
      cancelable: true,
      clientX: at.x,
      clientY: at.y,
    }),
  );
}

/** For text that can be copied or typed: the editor's own entries, which the page otherwise suppresses. */
export const textMenu = JSON.stringify({ preventDefaultContextMenuItems: false });
