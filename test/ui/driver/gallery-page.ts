import type { FrameLocator } from 'playwright-core';
import type { Window } from './window.ts';

/** The page of the gallery, inside of VS Code's two frames. */
export function galleryPage(window: Window): FrameLocator {
  return window.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
}
