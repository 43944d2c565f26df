import type { FrameLocator } from 'playwright-core';
import type { Window } from './window.ts';

/** The page of the gallery, inside of VS Code's two frames. */
export function galleryPage(window: Window): FrameLocator {
  return window.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
}

/** Resolves when the chosen filter, with what is searched for, lets through so many. @param patience in ms */
export function countShown(window: Window, count: number, patience?: number): Promise<void> {
  return galleryPage(window)
    .locator('.segment.chosen .count')
    .getByText(String(count), { exact: true })
    .waitFor({ ...(patience !== undefined && { timeout: patience }) });
}
