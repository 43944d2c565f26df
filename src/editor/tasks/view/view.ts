import * as vscode from 'vscode';
import { isFinal } from '../../../core/queue/transitions.ts';
import { isVideoUri } from '../../../core/request/materials.ts';
import { lazy } from '../../../core/system/lazy.ts';
import type { Task } from '../../../core/queue/task.ts';
import { dragFrom } from '../../pages/drag.ts';
import { insertionOf, type Insertion } from '../../pages/into-page.ts';
import { uriOf } from '../../platform/files.ts';
import type { Services } from '../../platform/services.ts';
import type { WaitingTasks } from '../waiting-tasks.ts';
import type { Obstacle } from '../waiting-texts.ts';
import {
  groupOf,
  picturesOf,
  type Group,
  type GroupNode,
  type Node,
  type PictureNode,
  type TaskNode,
} from './nodes.ts';
import { StatusBar } from './status-bar.ts';

const groups: readonly Group[] = ['running', 'waiting', 'finished'];

/** The tasks of the ledger: running, waiting, finished; newest first, except that waiting ones are in queue order. */
export class TasksView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #load: () => Promise<Services>;
  readonly #changed = new vscode.EventEmitter<Node | Node[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<Node>;
  readonly #groups: Record<Group, GroupNode> = {
    running: { group: 'running' },
    waiting: { group: 'waiting' },
    finished: { group: 'finished' },
  };
  readonly #nodes = new Map<string, TaskNode>();
  readonly #status = new StatusBar();
  #stops: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #filter = '';
  #demo = false;
  #waitingTasks: WaitingTasks | undefined;
  /** What blocks waiting tasks. */
  #held: readonly Obstacle[] = [];

  /** @param load opens the ledger when the view is first shown */
  constructor(load: () => Promise<Services>) {
    this.#load = load;
    this.#view = vscode.window.createTreeView<Node>('jimeng.tasks', {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
      dragAndDropController: dragFrom(node => this.#insertionsOf(node)),
    });
    this.#view.onDidChangeVisibility(() => this.#tick());
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  /** A line above the tasks while the demo service is in use. */
  showDemo(on: boolean): void {
    this.#demo = on;
    void vscode.commands.executeCommand('setContext', 'jimeng.demo', on);
    this.#showMessage();
  }

  /** Shows only tasks whose prompt or model contains this text; all if there is none. */
  filter(text: string): void {
    this.#filter = text.trim();
    void vscode.commands.executeCommand('setContext', 'jimeng.filtered', this.#filter !== '');
    this.#showMessage();
    this.#changed.fire(undefined);
  }

  /** Reads the tasks, and follows changes from then on. */
  readonly open = lazy(() => this.#open());

  async getChildren(node?: Node): Promise<Node[]> {
    await this.open();
    if (!node) {
      const present = groups.filter(group => this.#tasksIn(group).length > 0);
      return present.map(group => this.#groups[group]);
    }
    if ('group' in node) return this.#tasksIn(node.group);
    if ('task' in node && 'files' in node.task.state)
      return node.task.state.files.map(picture => ({ picture, taskId: node.task.id }));
    return [];
  }

  async getTreeItem(node: Node): Promise<vscode.TreeItem> {
    const { groupItem, pictureItem, taskItem } = await import('./items.ts'); // it has many dependencies, which activation does not wait for
    if ('group' in node) return groupItem(node, this.#tasksIn(node.group).length);
    if ('picture' in node) return pictureItem(node, await this.#thumbnailOf(node));
    return taskItem(node, this.#waitingTasks?.reasons.get(node.task.id));
  }

  async resolveTreeItem(item: vscode.TreeItem, node: Node): Promise<vscode.TreeItem> {
    if ('task' in node)
      item.tooltip = (await import('./tooltip.ts')).tooltip(
        node.task,
        this.#waitingTasks?.reasons.get(node.task.id),
      );
    return item;
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    clearInterval(this.#timer);
    this.#status.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  async #open(): Promise<void> {
    const { ledger, waiting } = await this.#load();
    const onReasons = waiting.onDidChange(() => {
      this.#showReasons(waiting).catch(() => {
        /* the next change shows them */
      });
    });
    this.#waitingTasks = waiting;
    this.#stops = [
      ledger.onDidChange(task => this.#update(task)),
      ledger.onDidRemove(id => this.#remove(id)),
      () => {
        onReasons.dispose();
      },
    ];
    for (const task of await ledger.all()) this.#nodes.set(task.id, { task });
    await waiting.refresh();
    await this.#showReasons(waiting);
    this.#tick();
  }

  /** Undefined for a video, and where none can be made. */
  async #thumbnailOf({ picture }: PictureNode): Promise<vscode.Uri | undefined> {
    const [{ thumbnails }, { stateOf, thumbnailOf }] = await Promise.all([
      this.#load(),
      import('../../platform/picture-file.ts'),
    ]);
    const uri = uriOf(picture);
    const state = isVideoUri(uri.toString()) ? undefined : await stateOf(uri);
    if (!state) return undefined;
    const path = await thumbnailOf(uri, state, thumbnails).catch(() => undefined);
    return path === undefined ? undefined : vscode.Uri.file(path);
  }

  #insertionsOf(node: Node): Insertion[] {
    if ('group' in node) return [];
    const task = 'task' in node ? node.task : this.#nodes.get(node.taskId)?.task;
    return task ? picturesOf(node).map(picture => insertionOf(picture, task)) : [];
  }

  #tasksIn(group: Group): TaskNode[] {
    const wanted = this.#filter.toLowerCase();
    const found = [...this.#nodes.values()].filter(
      ({ task }) =>
        groupOf(task) === group &&
        (wanted === '' || `${task.request.prompt}\n${task.model}`.toLowerCase().includes(wanted)),
    );
    const order = group === 'waiting' ? 1 : -1;
    return found.sort((a, b) => order * (a.task.createdAt - b.task.createdAt));
  }

  #update(task: Task): void {
    const node = this.#nodes.get(task.id);
    const [before, after] = [node && groupOf(node.task), groupOf(task)];
    const shown = new Set(groups.filter(group => this.#tasksIn(group).length > 0));
    if (node) node.task = task;
    else this.#nodes.set(task.id, { task });
    if (before === after) this.#changed.fire(node);
    else if (
      before === undefined
        ? shown.has(after)
        : shown.has(before) && shown.has(after) && this.#tasksIn(before).length > 0
    )
      this.#changed.fire([
        ...(before === undefined ? [] : [this.#groups[before]]),
        this.#groups[after],
      ]);
    else this.#changed.fire(undefined); // a group appears or disappears

    this.#showNumbers();
  }

  #remove(id: string): void {
    if (this.#nodes.delete(id)) this.#changed.fire(undefined);
    this.#showNumbers();
  }

  /** The message, the title's buttons, the rows and the numbers, after the reasons for waiting. */
  async #showReasons(waiting: WaitingTasks): Promise<void> {
    const { obstaclesOf } = await import('../waiting-texts.ts'); // it has many dependencies, like the items
    this.#held = obstaclesOf(waiting.reasons);
    const held = (...reasons: Obstacle['reason'][]) =>
      this.#held.some(({ reason }) => reasons.includes(reason));
    void vscode.commands.executeCommand(
      'setContext',
      'jimeng.paused',
      waiting.paused || held('sessionPaused', 'sessionRefused'),
    );
    void vscode.commands.executeCommand(
      'setContext',
      'jimeng.needsSession',
      held('noSession', 'sessionRefused'),
    );
    void vscode.commands.executeCommand('setContext', 'jimeng.needsService', held('serviceAway'));
    for (const node of this.#tasksIn('waiting')) this.#changed.fire(node);
    this.#showNumbers();
  }

  #showMessage(): void {
    const lines = [
      ...(this.#demo
        ? [vscode.l10n.t('The demo service is in use: it draws the pictures itself.')]
        : []),
      ...this.#held.map(({ text }) => text),
      ...(this.#held.length === 0 && this.#waitingTasks?.paused
        ? [vscode.l10n.t('The queue is paused.')]
        : []),
      ...(this.#filter === ''
        ? []
        : [vscode.l10n.t('Only tasks with "{0}" are shown.', this.#filter)]),
    ];
    this.#view.message = lines.join('\n');
  }

  /** How many tasks are running and waiting. */
  #showNumbers(): void {
    const running = [...this.#nodes.values()].filter(
      ({ task }) => groupOf(task) === 'running',
    ).length;
    const waiting = [...this.#nodes.values()].filter(
      ({ task }) => groupOf(task) === 'waiting',
    ).length;
    this.#status.show(running, waiting, this.#held);
    this.#view.badge =
      running > 0 ? { value: running, tooltip: vscode.l10n.t('{0} running', running) } : undefined;
    this.#showMessage();
  }

  /** Ages and seconds are refreshed while they are visible. */
  #tick(): void {
    clearInterval(this.#timer);
    if (!this.#view.visible) return;
    let seconds = 0;
    this.#timer = setInterval(() => {
      const all = ++seconds % 60 === 0;
      for (const node of this.#nodes.values())
        if (all || (!isFinal(node.task) && node.task.state.status !== 'waiting'))
          this.#changed.fire(node);
    }, 1_000);
  }
}
