import type { Locator } from 'playwright-core';
import type { Window } from './window.ts';

/** The page of a walkthrough. */
export class Walkthrough {
  readonly page: Locator;
  readonly #window: Window;
  constructor(window: Window) {
    this.#window = window;
    this.page = window.page.locator('.gettingStartedContainer .gettingStartedSlideDetails');
  }

  /** A step, by its title. */
  step(title: string): Locator {
    return this.page
      .locator('.getting-started-step')
      .filter({ has: this.#window.page.locator('.step-title', { hasText: title }) });
  }

  /** The button of the step that is unfolded. */
  button(title: string | RegExp): Locator {
    return this.page.locator('.getting-started-step.expanded .monaco-button', { hasText: title });
  }

  /** Resolves when a step is ticked off. */
  done(title: string): Promise<void> {
    return this.step(title).locator('.codicon-getting-started-step-checked.complete').waitFor();
  }

  /** Waits until the picture of the step is drawn. */
  async pictureDrawn(): Promise<void> {
    await this.#window.page
      .frameLocator('.getting-started-media iframe.webview.ready')
      .frameLocator('iframe#active-frame')
      .locator('svg')
      .first()
      .waitFor();
  }
}
