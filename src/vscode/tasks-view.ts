import * as vscode from 'vscode';
import { canCancel, isFinal, type Task } from '../core/task.ts';
import { textOf } from '../core/service/failures.ts';
import type { Ledger } from '../core/tasks/ledger.ts';
import { age, clock, oneLine, statusText } from './task-texts.ts';

/** One row; the same object for the life of a task, so that only this row is drawn anew. */
interface Row { task: Task }

/** The tasks of the ledger, newest first. */
export class TasksView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #load: () => Promise<Ledger>;
  readonly #changed = new vscode.EventEmitter<Row | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<Row>;
  #rows: Row[] | undefined;
  #stopListening: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param load the ledger, opened when the view is first looked at. */
  constructor(load: () => Promise<Ledger>) {
    this.#load = load;
    this.#view = vscode.window.createTreeView('jimeng.tasks', { treeDataProvider: this });
    this.#view.onDidChangeVisibility(({ visible }) => this.#tick(visible));
  }

  /** A line above the tasks, as long as the demo service is in use. */
  showDemo(on: boolean): void {
    this.#view.message = on ? vscode.l10n.t('The demo service is in use: it draws the pictures itself.') : '';
    void vscode.commands.executeCommand('setContext', 'jimeng.demo', on);
  }

  async getChildren(row?: Row): Promise<Row[]> {
    if (row) { return []; }
    const ledger = await this.#load();
    this.#stopListening ??= ledger.onDidChange(task => this.#update(task));
    this.#tick(this.#view.visible);
    const known = new Map(this.#rows?.map(known => [known.task.id, known]));
    this.#rows = (await ledger.all()).map(task => {
      const kept = known.get(task.id) ?? { task };
      kept.task = task;
      return kept;
    });
    return this.#rows;
  }

  getTreeItem({ task }: Row): vscode.TreeItem {
    const item = new vscode.TreeItem(oneLine(task.request.prompt));
    const status = statusText(task);
    const time = isFinal(task) ? age(Date.now() - task.updatedAt) : clock(Date.now() - task.createdAt);
    item.id = task.id;
    item.description = [...task.service.demo ? [vscode.l10n.t('demo')] : [], status, task.model, task.size, time].join(' · ');
    item.iconPath = icon(task);
    item.contextValue = canCancel(task) ? 'task cancelable' : 'task';
    item.accessibilityInformation = { label: `${item.label as string}, ${item.description}` };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, { task }: Row): vscode.TreeItem {
    item.tooltip = tooltip(task);
    return item;
  }

  dispose(): void {
    this.#stopListening?.();
    clearInterval(this.#timer);
    this.#view.dispose();
    this.#changed.dispose();
  }

  #update(task: Task): void {
    const row = this.#rows?.find(known => known.task.id === task.id);
    if (row) { row.task = task; }
    this.#changed.fire(row);
  }

  /** Ages and seconds are drawn anew while somebody can see them. */
  #tick(visible: boolean): void {
    clearInterval(this.#timer);
    if (!visible) { return; }
    let seconds = 0;
    this.#timer = setInterval(() => {
      const all = ++seconds % 60 === 0;
      for (const row of this.#rows ?? []) {
        if (all || !isFinal(row.task)) { this.#changed.fire(row); }
      }
    }, 1_000);
  }
}

function icon(task: Task): vscode.ThemeIcon {
  const colored = (id: string, color: string) => new vscode.ThemeIcon(id, new vscode.ThemeColor(color));
  switch (task.status) {
    case 'completed': return colored('pass', 'testing.iconPassed');
    case 'partly': return colored('warning', 'list.warningForeground');
    case 'failed': return colored('error', 'list.errorForeground');
    case 'uncertain': return colored('question', 'list.warningForeground');
    case 'lost': return colored('debug-disconnect', 'list.warningForeground');
    case 'cancelled': return new vscode.ThemeIcon('circle-slash');
    case 'queued':
    case 'pending': return new vscode.ThemeIcon('clock');
    default: return new vscode.ThemeIcon('loading~spin');
  }
}

function tooltip(task: Task): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  const line = (name: string, value: string) => text.appendMarkdown(`\n\n**${name}** `).appendText(value);
  text.appendText(task.request.prompt);
  line(vscode.l10n.t('State'), statusText(task));
  line(vscode.l10n.t('Model'), `${task.model} · ${task.size} · ${task.region.toUpperCase()}`);
  line(vscode.l10n.t('Begun'), new Date(task.createdAt).toLocaleString());
  line(vscode.l10n.t('Service'), task.service.demo ? vscode.l10n.t('{0}, a demo: its pictures are drawn by it, not by Jimeng', task.service.url) : task.service.url);
  if ('serviceTaskId' in task && task.serviceTaskId !== undefined) { line(vscode.l10n.t('Task ID'), task.serviceTaskId); }
  if (task.status === 'failed') { text.appendMarkdown('\n\n').appendText(textOf(task.failure)); }
  if (task.status === 'lost') { text.appendMarkdown('\n\n').appendText(textOf({ kind: 'taskNotFound' })); }
  if (task.status === 'uncertain') { text.appendMarkdown('\n\n').appendText(textOf(task.failure ?? { kind: 'connectionLost' })); }
  if ('files' in task) {
    for (const { path, width, height } of task.files) { text.appendMarkdown('\n\n').appendText(`${path} (${width}×${height})`); }
  }
  if ('missing' in task) {
    for (const { index, failure } of task.missing) { text.appendMarkdown('\n\n').appendText(vscode.l10n.t('Picture {0}: {1}', index + 1, textOf(failure))); }
  }
  return text;
}

/** The task of a row that the editor hands to a command. */
export function taskOf(row: unknown): Task | undefined {
  return typeof row === 'object' && row !== null && 'task' in row ? (row as Row).task : undefined;
}
