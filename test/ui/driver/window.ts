import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { Explorer } from './explorer.ts';
import { ATTEMPT_MS, insist, until } from './waiting.ts';
import { Walkthrough } from './walkthrough.ts';

const screenshots = new URL('../../../out/screenshots/', import.meta.url);
const ourIcon = '.action-label[aria-label*="Jimeng"], .action-label[aria-label*="即梦"]';

/** A VS Code window as a person uses it: what they press, and what they see. Each wait ends when the thing is there. */
export class Window {
  readonly page: Page;
  readonly explorer: Explorer;
  readonly walkthrough: Walkthrough;
  readonly #pressed: string[] = [];

  constructor(page: Page) {
    this.page = page;
    this.explorer = new Explorer(this);
    this.walkthrough = new Walkthrough(this);
  }

  /** Resolves when our extension is activated in this window. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page.locator('.activitybar').locator(ourIcon).first().waitFor();
    // Our icon comes from the manifest; the view's own contents come from the running extension.
    await this.openJimeng();
    await this.tasksView.locator('.monaco-list-row, .welcome-view-content').first().waitFor();
  }

  /** Enter is for an open quick input, even when what was still opening took the keyboard from it. */
  async press(keys: string): Promise<void> {
    this.#pressed.push(keys);
    if (keys === 'Enter') await this.#focusQuickInput();
    await this.page.keyboard.press(keys);
  }

  /** Types where the keyboard is, or into an open quick input. */
  async type(text: string): Promise<void> {
    await this.#focusQuickInput();
    await this.page.keyboard.insertText(text);
  }

  async #focusQuickInput(): Promise<void> {
    const input = this.quickInput.locator('.quick-input-box input').first();
    if (await input.isVisible()) await input.focus();
  }

  /** The keys that were pressed meanwhile; text that is typed or pasted does not count. */
  async countKeys(during: () => Promise<void>): Promise<string[]> {
    const pressed = this.#pressed.length;
    await during();
    return this.#pressed.slice(pressed);
  }

  /** Opens a file of the workspace by its name, and waits until its editor has the keyboard. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.fill(name);
    await this.focused(name);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
    await this.page.locator('.editor-instance .monaco-editor.focused .view-line').first().waitFor();
  }

  async closeEditors(): Promise<void> {
    await this.palette('View: Close All Editors');
    await this.page.locator('.tab').first().waitFor({ state: 'detached' });
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
        await this.quickInput.waitFor({ timeout: ATTEMPT_MS });
        await this.quickInput.locator('input').first().fill(`>${title}`, { timeout: ATTEMPT_MS });
        await entry.click({ timeout: ATTEMPT_MS, noWaitAfter: true }); // what reloads the window must not be done twice
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

  /** Takes the entry that has this text by Enter, once it is the one that Enter takes. */
  async accept(text: string): Promise<void> {
    await this.focused(text);
    await this.press('Enter');
  }

  /** Resolves when this stands in the quick input. */
  async value(text: string): Promise<void> {
    const input = this.quickInput.locator('input[type=text]').first();
    await until(
      () => input.inputValue(),
      value => value === text,
    );
  }

  /** Clicks on the entry that has this text. */
  async pick(text: string | RegExp): Promise<void> {
    await (await this.entry(text)).click();
  }

  /** The notification with this text, once it is there. */
  async notification(text: string | RegExp): Promise<Locator> {
    const toast = this.#toasts.filter({ hasText: text }).first();
    await toast.waitFor();
    return toast;
  }

  /** Presses a button of the notification with this text. */
  async answer(text: string | RegExp, button: string): Promise<void> {
    await (await this.notification(text)).locator('.monaco-button', { hasText: button }).click();
  }

  notificationCount(): Promise<number> {
    return this.#toasts.count();
  }

  async closeNotifications(): Promise<void> {
    const empty = this.page.locator('[id="status.notifications"] .codicon-bell');
    if (!(await empty.isVisible()) || (await this.notificationCount()) > 0)
      await this.palette('Notifications: Clear All Notifications');
    await this.#toasts.first().waitFor({ state: 'detached' });
  }

  get #toasts(): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item');
  }

  /** The row of the Tasks view with this text, once it is there. */
  taskRow(text: string | RegExp): Promise<Locator> {
    const row = this.tasksView.locator('.monaco-list-row').filter({ hasText: text }).first();
    return this.#present(row, text);
  }

  /** The row of a task that is over, once it stands in the last group: a row that moves from one to another is folded. */
  finishedRow(text: string | RegExp): Promise<Locator> {
    const group = '.monaco-list-row[aria-level="1"]:is(:has-text("Finished"), :has-text("已结束"))';
    const row = this.tasksView
      .locator(`${group} ~ .monaco-list-row`)
      .filter({ hasText: text })
      .first();
    return this.#present(row, text);
  }

  /** The row, once it is there; else an error that says what was there instead. */
  async #present(row: Locator, text: string | RegExp): Promise<Locator> {
    try {
      await row.waitFor();
      return row;
    } catch (error) {
      const shown = await this.page
        .locator('.part.sidebar .monaco-list-row, .notifications-toasts, .quick-input-title')
        .allInnerTexts();
      throw new Error(`No row ${String(text)} among ${JSON.stringify(shown)}.`, { cause: error });
    }
  }

  /** Unfolds a row of a tree. */
  async unfold(row: Locator): Promise<void> {
    const unfolded = row.and(this.page.locator('[aria-expanded="true"]'));
    await insist(async () => {
      if (!(await unfolded.isVisible()))
        await row.locator('.monaco-tl-twistie').click({ timeout: ATTEMPT_MS });
      await unfolded.waitFor({ timeout: 3_000 });
    });
  }

  /** Presses a button within a row of a tree: it is there while the mouse rests on the row. */
  async pressInRow(row: Locator, button: string): Promise<void> {
    await insist(async () => {
      await row.hover({ timeout: ATTEMPT_MS });
      await row
        .locator(`.action-label[aria-label*="${button}"]`)
        .first()
        .click({ timeout: ATTEMPT_MS });
    });
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

  /** Opens the menu of a row, once it has this entry, and rests on it. A row that is being drawn anew loses the click. */
  async openMenu(row: Locator, label: string): Promise<Locator> {
    const entry = this.menu(label);
    await insist(
      async () => {
        await row.click({ button: 'right', timeout: ATTEMPT_MS });
        await entry.hover({ timeout: ATTEMPT_MS });
      },
      () => this.page.keyboard.press('Escape'),
    );
    return entry;
  }

  /** Opens the submenu `ours` of a row's menu, once it has this entry, and rests on that. */
  async openSubmenu(row: Locator, ours: string, label: string): Promise<Locator> {
    const entry = this.page.locator('.monaco-submenu .action-item', { hasText: label }).last(); // it lies within the entry that opens it
    await insist(
      async () => {
        await (await this.openMenu(row, ours)).hover({ timeout: ATTEMPT_MS });
        await entry.hover({ timeout: ATTEMPT_MS });
      },
      () => this.page.keyboard.press('Escape'),
    );
    return entry;
  }

  /** An entry of the open menu. */
  menu(label: string): Locator {
    return this.page.locator('.monaco-menu .action-item', { hasText: label }).first();
  }

  /** Takes an entry of a menu. A menu hears no press in the first 100 ms (`BaseMenuActionViewItem` of VS Code), and stays open then. */
  async choose(entry: Locator): Promise<void> {
    await entry.hover();
    await insist(async () => {
      await entry.click({ timeout: ATTEMPT_MS });
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

  /** Takes an entry of the menu of a row. */
  async chooseOf(row: Locator, label: string): Promise<void> {
    await this.choose(await this.openMenu(row, label));
  }

  /** Reloads the window, as after an update of an extension, and waits until it can be used. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  get tasksView(): Locator {
    return this.page.locator('.part.sidebar [id="workbench.view.extension.jimeng"] .pane').first();
  }

  async openJimeng(): Promise<void> {
    const icon = this.page
      .locator('.activitybar .action-item')
      .filter({ has: this.page.locator(ourIcon) })
      .first();
    // A click on the icon of an open view closes it, and a window that is being restored may open it meanwhile.
    const isChecked = async () =>
      (await icon.getAttribute('class', { timeout: ATTEMPT_MS }))?.includes('checked') === true;
    await insist(async () => {
      if (!(await isChecked())) await icon.click({ timeout: ATTEMPT_MS });
      await this.tasksView.waitFor({ timeout: 2_000 });
      if (!(await isChecked())) throw new Error('Another view is open.');
    });
  }

  /** What was copied, once it has this text. */
  copied(text: string): Promise<string> {
    return until(
      () => this.page.evaluate<string>('navigator.clipboard.readText()'),
      copied => copied.includes(text),
    );
  }

  /** Answers the editor's own page for choosing a folder. */
  chooseFolder(path: string): Promise<void> {
    return this.chooseFile(`${path}/`);
  }

  /** Answers the editor's own page for choosing a file. */
  async chooseFile(path: string): Promise<void> {
    const button = this.quickInput.locator('.quick-input-action .monaco-button').first();
    await button.waitFor();
    // A dialog that is still opening puts the folder of its own into the place of what was typed, and stays open then.
    await insist(async () => {
      await this.fill(path);
      await button.click({ timeout: ATTEMPT_MS });
      await button.waitFor({ state: 'hidden', timeout: 3_000 });
    });
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
}
