import type { Locator } from 'playwright-core';
import { ATTEMPT_MS, insist } from './waiting.ts';
import type { Window } from './window.ts';

/** The Explorer of a window. A tree that is still being drawn may lose a click, so each waits for what it does. */
export class Explorer {
  readonly #window: Window;
  constructor(window: Window) {
    this.#window = window;
  }

  show(): Promise<void> {
    return this.#window.palette('View: Show Explorer');
  }

  /** The row of a file. */
  row(name: string): Locator {
    return this.#window.page
      .locator('.explorer-folders-view .monaco-list-row')
      .filter({ hasText: name })
      .first();
  }

  unfold(folder: string): Promise<void> {
    return this.#window.unfold(this.row(folder));
  }

  /** Opens a picture by a click, and waits until it is shown. */
  async openPicture(name: string): Promise<void> {
    await insist(async () => {
      await this.row(name).click({ timeout: ATTEMPT_MS });
      await this.#selected(name);
    });
    await this.#window.picture();
  }

  /** Selects files, in this order; what has only the half is begun anew. */
  async select(first: string, ...others: string[]): Promise<void> {
    await this.show();
    await insist(async () => {
      await this.openPicture(first); // an editor that opens later would change the selection
      for (const name of others)
        await this.row(name).click({ modifiers: ['ControlOrMeta'], timeout: ATTEMPT_MS });
      for (const name of [first, ...others]) await this.#selected(name);
      const selected = this.#window.page.locator(
        '.explorer-folders-view .monaco-list-row.selected',
      );
      if ((await selected.count()) !== others.length + 1)
        throw new Error('Others are selected, too.');
    });
  }

  #selected(name: string): Promise<void> {
    return this.#window.page
      .locator('.explorer-folders-view .monaco-list-row.selected', { hasText: name })
      .first()
      .waitFor({ timeout: 3_000 });
  }
}
