import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';

const screenshots = new URL('../../../out/screenshots/', import.meta.url);
/** Milliseconds. Only a test that fails waits so long; a busy machine needs a part of it. */
const patience = 60_000;

/** A VS Code window as a person uses it: what they press, and what they see. Each wait ends when the thing is there. */
export class Window {
  readonly page: Page;
  readonly #pressed: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(patience);
  }

  /** Resolves when our extension is activated in this window. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page
      .locator(
        '.activitybar .action-label[aria-label*="Jimeng"], .activitybar .action-label[aria-label*="即梦"]',
      )
      .first()
      .waitFor();
    await this.#extensionHostRuns();
  }

  press(keys: string): Promise<void> {
    this.#pressed.push(keys);
    return this.page.keyboard.press(keys);
  }

  /** Types where the keyboard is; an open quick input has it, even when an editor that was still opening took it away. */
  async type(text: string): Promise<void> {
    if (await this.quickInput.isVisible())
      await this.quickInput.locator('.quick-input-box input').first().focus();
    await this.page.keyboard.insertText(text);
  }

  /** The keys that were pressed meanwhile; text that is typed or pasted does not count. */
  async countKeys(during: () => Promise<void>): Promise<string[]> {
    const pressed = this.#pressed.length;
    await during();
    return this.#pressed.slice(pressed);
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.fill(name);
    await this.focused(name);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.editor-instance .view-line').first().waitFor();
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
  }

  /** Replaces what stands in the quick input. */
  fill(text: string): Promise<void> {
    return this.page.locator('.quick-input-widget input').fill(text);
  }

  /** Runs a command from the palette, by its title. Another quick input that is still going may take the palette with it. */
  async palette(title: string): Promise<void> {
    // Commands whose titles begin with it, and were used lately, stand above it.
    const entry = this.quickInput
      .locator('.monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: new RegExp(`^${title}$`) }) })
      .first();
    await insist(
      async () => {
        await this.page.keyboard.press('F1');
        await this.quickInput.waitFor({ timeout: patience / 8 });
        await this.quickInput
          .locator('input')
          .first()
          .fill(`>${title}`, { timeout: patience / 8 });
        await entry.click({ timeout: patience / 8, noWaitAfter: true }); // what reloads the window must not be done twice
      },
      () => this.page.keyboard.press('Escape'),
    );
  }

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:not([style*="display: none"])');
  }

  /** The quick input, once its title or placeholder has this text. */
  async quickInputWith(text: string): Promise<Locator> {
    const titled = this.quickInput.filter({
      has: this.page.locator(`.quick-input-title:has-text(${JSON.stringify(text)})`),
    });
    const asking = this.quickInput.filter({
      has: this.page.locator(`input[placeholder*=${JSON.stringify(text)}]`),
    });
    await titled.or(asking).first().waitFor();
    return this.quickInput;
  }

  /** The entry of the quick input that has this text, once it is there. */
  async entry(text: string | RegExp): Promise<Locator> {
    const row = this.quickInput.locator('.monaco-list-row').filter({ hasText: text }).first();
    await row.waitFor();
    return row;
  }

  /** The entry that Enter would take, once it is the one with this text. */
  async focused(text: string): Promise<Locator> {
    const row = this.quickInput.locator('.monaco-list-row.focused').filter({ hasText: text });
    await row.waitFor();
    return row;
  }

  /** Resolves when this stands in the quick input. */
  async value(text: string): Promise<void> {
    const input = this.quickInput.locator('input[type=text]').first();
    for (const end = Date.now() + patience; (await input.inputValue()) !== text;) {
      if (Date.now() > end)
        throw new Error(`"${await input.inputValue()}" stands there instead of "${text}".`);
      await delay(50);
    }
  }

  /** Stands on the entry that has this text, and presses Enter. */
  async pick(text: string | RegExp): Promise<void> {
    await (await this.entry(text)).click();
  }

  /** The notification with this text, once it is there. */
  async notification(text: string | RegExp): Promise<Locator> {
    const toast = this.page
      .locator('.notifications-toasts .notification-list-item')
      .filter({ hasText: text })
      .first();
    await toast.waitFor();
    return toast;
  }

  async closeNotifications(): Promise<void> {
    await this.palette('Notifications: Clear All Notifications');
    await this.page
      .locator('.notifications-toasts .notification-list-item')
      .waitFor({ state: 'detached' });
  }

  /** The row of the Tasks view with this text, once it is there. */
  async taskRow(text: string | RegExp): Promise<Locator> {
    const row = this.tasksView.locator('.monaco-list-row').filter({ hasText: text }).first();
    await row.waitFor();
    return row;
  }

  /** Rests on something until this is shown: an editor that is still opening takes a tooltip away. */
  async hoverUntil(target: Locator, shown: Locator): Promise<void> {
    await insist(
      async () => {
        await target.hover();
        await shown.waitFor({ timeout: 3_000 });
      },
      () => this.page.mouse.move(640, 400),
    );
  }

  /** An entry of the open menu. */
  menu(label: string): Locator {
    return this.page.locator('.monaco-menu .action-item', { hasText: label }).first();
  }

  /** An entry of the open submenu: it lies within the entry that opens it. */
  submenu(label: string): Locator {
    return this.page.locator('.monaco-submenu .action-item', { hasText: label }).last();
  }

  /** Takes an entry of a menu. A menu hears no press in the first 100 ms (`BaseMenuActionViewItem` of VS Code), and stays open then. */
  async choose(entry: Locator): Promise<void> {
    await entry.hover();
    await insist(async () => {
      await entry.click({ timeout: patience / 8 });
      await entry.waitFor({ state: 'detached', timeout: 3_000 });
    });
  }

  /** Closes the open menu, which hears no key in its first 100 ms either. */
  async closeMenu(): Promise<void> {
    await insist(async () => {
      await this.press('Escape');
      await this.page.locator('.monaco-menu').waitFor({ state: 'detached', timeout: 3_000 });
    });
  }

  /** The row of a file in the Explorer. */
  explorerRow(name: string): Locator {
    return this.page
      .locator('.explorer-folders-view .monaco-list-row')
      .filter({ hasText: name })
      .first();
  }

  /** Selects files in the Explorer, in this order. A tree that is still being drawn may lose a click, and what has only the half is begun anew. */
  async selectFiles(first: string, ...others: string[]): Promise<void> {
    await this.palette('View: Show Explorer');
    const selected = this.page.locator('.explorer-folders-view .monaco-list-row.selected');
    const once = { timeout: patience / 8 };
    await insist(async () => {
      await this.explorerRow(first).click(once);
      await this.picture(); // a click opens it, and an editor that opens later would change the selection
      for (const name of others)
        await this.explorerRow(name).click({ modifiers: ['ControlOrMeta'], ...once });
      for (const name of [first, ...others])
        await selected.filter({ hasText: name }).first().waitFor({ timeout: 3_000 });
      if ((await selected.count()) !== others.length + 1)
        throw new Error('Others are selected, too.');
    });
  }

  /** Reloads the window, as after an update of an extension, and waits until it can be used. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  get tasksView(): Locator {
    return this.page.locator('.part.sidebar .pane').first();
  }

  async openJimeng(): Promise<void> {
    const icon = this.page
      .locator('.activitybar .action-item')
      .filter({
        has: this.page.locator(
          '.action-label[aria-label*="Jimeng"], .action-label[aria-label*="即梦"]',
        ),
      })
      .first();
    // A click on the icon of an open view closes it, and a window that is being restored may open it meanwhile.
    const checked = async () => (await icon.getAttribute('class'))?.includes('checked') === true;
    while (!((await checked()) && (await this.tasksView.isVisible()))) {
      if (!(await checked())) await icon.click();
      await this.tasksView.waitFor({ timeout: 2_000 }).catch(() => {
        /* closed by the click: once more */
      });
    }
  }

  /** The page of a walkthrough. */
  get walkthrough(): Locator {
    return this.page.locator('.gettingStartedContainer .gettingStartedSlideDetails');
  }

  /** A step of the walkthrough, by its title. */
  step(title: string): Locator {
    return this.walkthrough
      .locator('.getting-started-step')
      .filter({ has: this.page.locator('.step-title', { hasText: title }) });
  }

  /** The button of the step that is unfolded. */
  stepButton(title: string | RegExp): Locator {
    return this.walkthrough.locator('.getting-started-step.expanded .monaco-button', {
      hasText: title,
    });
  }

  /** Resolves when a step of the walkthrough is ticked off. */
  stepDone(title: string): Promise<void> {
    return this.step(title).locator('.codicon-getting-started-step-checked.complete').waitFor();
  }

  /** Waits until the picture of the walkthrough's step is drawn. */
  async picturesDrawn(): Promise<void> {
    await this.page
      .frameLocator('.getting-started-media iframe.webview.ready')
      .frameLocator('iframe#active-frame')
      .locator('svg')
      .first()
      .waitFor();
  }

  /** What was copied, once it has this text. */
  async copied(text: string): Promise<string> {
    for (;;) {
      const copied = await this.page.evaluate<string>('navigator.clipboard.readText()');
      if (copied.includes(text)) return copied;
      await this.page.waitForTimeout(100);
    }
  }

  /** Answers the editor's own page for choosing a folder. */
  chooseFolder(path: string): Promise<void> {
    return this.chooseFile(`${path}/`);
  }

  /** Answers the editor's own page for choosing a file. */
  async chooseFile(path: string): Promise<void> {
    const button = this.quickInput.locator('.quick-input-action .monaco-button').first();
    await button.waitFor();
    await insist(async () => {
      await this.fill(path);
      await delay(500); // a dialog that is still opening adds the folder of its own
      const value = await this.quickInput
        .locator('input')
        .first()
        .inputValue({ timeout: patience / 8 });
      if (value !== path) throw new Error(`"${value}" stands there instead of "${path}".`);
    });
    await button.click();
  }

  /** Waits until a picture is shown in an editor. */
  async picture(): Promise<void> {
    await this.page
      .frameLocator('iframe.webview.ready')
      .frameLocator('iframe#active-frame')
      .locator('img')
      .waitFor();
  }

  /** Kept in out/screenshots: worth looking at. */
  async screenshot(name: string): Promise<void> {
    await mkdir(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(fileURLToPath(screenshots), `${name}.png`) });
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  async #extensionHostRuns(): Promise<void> {
    // Our icon comes from the manifest; the view's own contents come from the running extension.
    await this.openJimeng();
    await this.tasksView.locator('.monaco-list-row, .welcome-view-content').first().waitFor();
  }
}

/** Does it again where it fails, as long as patience lasts; the action itself must not use it up. */
async function insist(
  action: () => Promise<void>,
  before = () => Promise.resolve(),
): Promise<void> {
  for (const end = Date.now() + patience; ;) {
    try {
      await action();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await before();
    }
  }
}
