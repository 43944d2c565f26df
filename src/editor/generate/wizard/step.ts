import * as vscode from 'vscode';

export interface StepItem extends vscode.QuickPickItem {
  /** It is shown and cannot be chosen. */
  disabled?: boolean;
}

export interface StepOptions<T extends StepItem> {
  title: string;
  step?: [number, number];
  placeholder: string;
  value?: string;
  back?: boolean;
  /** Called whenever the typed text changes. */
  items: (value: string) => readonly T[];
  /** The entry that is active at first. */
  active?: (item: T) => boolean;
  /** The typed text filters the entries; otherwise it is a value of its own. */
  filters: boolean;
  /** Called with the active entry. */
  onActive?: (item: T) => void;
  /** Called when an entry's button is pressed; the entries are rebuilt afterwards. */
  onButton?: (item: T, button: vscode.QuickInputButton) => Thenable<unknown>;
  /** An entry that does not close the page: it becomes the input's value. A reopened page would have it selected. */
  insert?: (item: T, value: string) => string | undefined;
  /** Closes the page when something awaited meanwhile is done, as if the person had cancelled. */
  signal?: AbortSignal;
}

export type StepResult<T> = { item: T; value: string } | 'back';

/** A single page: the chosen entry. Undefined if the person cancels. */
export async function showPick<T extends StepItem>(
  options: Omit<StepOptions<T>, 'filters' | 'back'>,
): Promise<T | undefined> {
  const step = await showStep({ ...options, filters: true });
  return step === undefined || step === 'back' ? undefined : step.item;
}

/** One page of a wizard. Undefined if the person cancels; it stays open while the focus is elsewhere. */
export function showStep<T extends StepItem>(
  options: StepOptions<T>,
): Promise<StepResult<T> | undefined> {
  const { signal, onButton } = options;
  const page = vscode.window.createQuickPick<T>();
  page.title = options.title;
  [page.step, page.totalSteps] = options.step ?? [undefined, undefined];
  page.placeholder = options.placeholder;
  page.ignoreFocusOut = true;
  page.matchOnDescription = options.filters;
  page.busy = signal !== undefined;
  page.buttons = options.back ? [vscode.QuickInputButtons.Back] : [];
  page.value = options.value ?? '';
  const fill = () => {
    page.items = options.items(page.value);
    const active = options.active && page.items.find(options.active);
    if (active) page.activeItems = [active];
  };
  fill();
  const close = () => page.hide();
  signal?.addEventListener('abort', close);
  return new Promise<StepResult<T> | undefined>(resolve => {
    page.onDidChangeValue(() => {
      if (!options.filters) fill();
    });
    page.onDidChangeActive(([item]) => {
      if (item) options.onActive?.(item);
    });
    page.onDidTriggerButton(() => resolve('back'));
    page.onDidTriggerItemButton(({ item, button }) => void onButton?.(item, button).then(fill));
    page.onDidAccept(() => {
      const [item] = page.activeItems;
      if (item?.disabled) return;
      const inserted = item && options.insert?.(item, page.value);
      if (inserted !== undefined) {
        page.value = inserted;
        fill();
      } else if (item) {
        resolve({ item, value: page.value });
      }
    });
    page.onDidHide(() => resolve(undefined));
    if (signal?.aborted) resolve(undefined);
    else page.show();
  }).finally(() => {
    signal?.removeEventListener('abort', close);
    page.dispose();
  });
}
