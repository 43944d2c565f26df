import * as vscode from 'vscode';
import type { Obstacle } from '../waiting-texts.ts';

/**
 * How many tasks are running and waiting: in the status bar and as the view's progress line, only while there are any.
 */
export class StatusBar implements vscode.Disposable {
  #item: vscode.StatusBarItem | undefined;
  #endProgress: (() => void) | undefined;

  /** @param held what blocks tasks */
  show(running: number, waiting: number, held: readonly Obstacle[]): void {
    if (running > 0) this.#endProgress ??= startProgress();
    else this.#end();
    if (running + waiting === 0) {
      this.#item?.hide();
      return;
    }
    this.#item ??= makeItem();
    const icon =
      running > 0
        ? '$(sync~spin)'
        : held.length === 0
          ? '$(clock)'
          : held.every(({ reason }) => reason === 'paused')
            ? '$(debug-pause)'
            : '$(warning)';
    this.#item.text = [
      `${icon} ${running}`,
      ...(waiting > 0 ? [vscode.l10n.t('{0} waiting', waiting)] : []),
    ].join(' · ');
    const spoken = [
      vscode.l10n.t('{0} running', running),
      vscode.l10n.t('{0} waiting', waiting),
    ].join(', ');
    const tooltip = new vscode.MarkdownString(`${vscode.l10n.t('Jimeng')}: ${spoken}`);
    tooltip.isTrusted = { enabledCommands: held.map(({ next }) => next.command) };
    for (const { text, next } of held)
      tooltip.appendMarkdown(`\n\n${text} [${next.title}](command:${next.command})`);
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = {
      label: [`${vscode.l10n.t('Jimeng')}: ${spoken}`, ...held.map(({ text }) => text)].join('. '),
    };
    this.#item.show();
  }

  dispose(): void {
    this.#end();
    this.#item?.dispose();
  }

  #end(): void {
    this.#endProgress?.();
    this.#endProgress = undefined;
  }
}

function makeItem(): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem('jimeng.tasks', vscode.StatusBarAlignment.Left);
  item.name = vscode.l10n.t('Jimeng');
  item.command = 'jimeng.tasks.focus';
  return item;
}

function startProgress(): () => void {
  const ended = new AbortController();
  void vscode.window.withProgress(
    { location: { viewId: 'jimeng.tasks' } },
    () =>
      new Promise<void>(resolve => {
        ended.signal.addEventListener('abort', () => resolve());
      }),
  );
  return () => ended.abort();
}
