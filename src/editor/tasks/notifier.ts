import * as vscode from 'vscode';
import { isFinal, openTargetOf } from '../../core/queue/transitions.ts';
import { failureOf, type FinalTask, type Task } from '../../core/queue/task.ts';
import { joinSentences } from '../../core/service/failures/failures.ts';
import { rowOf } from '../../core/service/failures/table.ts';
import type { Ledger } from '../../core/queue/store.ts';
import { inBackground } from '../platform/background.ts';
import { reportFailure, type Again } from '../platform/show-failure.ts';
import { results } from './task-texts.ts';
import { notifyFinished, notifyUncertain } from './notify-finished.ts';

/** Tasks that end within this time share a message. */
const GROUP_MS = 600;
/** A cause shared by many tasks is shown once in this time. */
const QUIET_MS = 30_000;

/** Notifies about this window's tasks: once each, together if they end together, and not for what is visible anyway. */
export class TaskNotifier implements vscode.Disposable {
  readonly #ledger: Ledger;
  readonly #isViewVisible: () => boolean;
  readonly #edit: Again['edit'];
  readonly #log: vscode.LogOutputChannel;
  readonly #stop: () => void;
  readonly #expected = new Map<string, 'now' | 'background'>();
  readonly #shownAt = new Map<string, number>();
  #ended: FinalTask[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param isViewVisible whether the Tasks view is visible */
  constructor(
    ledger: Ledger,
    isViewVisible: () => boolean,
    edit: Again['edit'],
    log: vscode.LogOutputChannel,
  ) {
    this.#ledger = ledger;
    this.#isViewVisible = isViewVisible;
    this.#edit = edit;
    this.#log = log;
    this.#stop = ledger.onDidChange(task => this.#onChange(task));
  }

  /** A task that this window started or saves. "Now": the person is waiting for it, and is notified in any case. */
  expect(id: string, mode: 'now' | 'background'): void {
    if (mode === 'now' || !this.#expected.has(id)) this.#expected.set(id, mode);
  }

  dispose(): void {
    this.#stop();
    clearTimeout(this.#timer);
  }

  #onChange(task: Task): void {
    const mode = this.#expected.get(task.id);
    if (mode === undefined || !isFinal(task)) return;
    this.#expected.delete(task.id);
    if (task.state.status === 'cancelled' || task.state.status === 'detached') return;
    if (
      mode === 'background' &&
      task.state.status === 'completed' &&
      this.#isViewVisible() &&
      !openTargetOf(task)
    )
      return;
    this.#ended.push(task);
    this.#timer ??= setTimeout(() => inBackground(this.#notify(), this.#log), GROUP_MS);
  }

  async #notify(): Promise<void> {
    const ended = this.#ended;
    this.#ended = [];
    this.#timer = undefined;
    for (const task of ended.filter(openTargetOf)) inBackground(notifyFinished(task), this.#log); // each asks its own question
    const done = ended.filter(
      task =>
        (task.state.status === 'completed' || task.state.status === 'partial') &&
        !openTargetOf(task),
    );
    const [first, ...more] = done;
    if (first)
      inBackground(
        more.length === 0 ? notifyFinished(first) : this.#notifyTogether(done),
        this.#log,
      );
    for (const task of ended) {
      if (task.state.status === 'uncertain') {
        inBackground(notifyUncertain(task), this.#log);
        continue;
      }
      const failure = failureOf(task);
      if (
        !failure ||
        (Date.now() - (this.#shownAt.get(failure.kind) ?? -Infinity) < QUIET_MS &&
          rowOf(failure).stopsMany)
      )
        continue;
      this.#shownAt.set(failure.kind, Date.now());
      const waiting = rowOf(failure).stopsMany
        ? (await this.#ledger.unfinished()).filter(({ state: { status } }) => status === 'waiting')
            .length
        : 0;
      inBackground(
        reportFailure(
          failure,
          { request: task.request, edit: this.#edit },
          waiting > 0 ? vscode.l10n.t('Tasks waiting until then: {0}.', waiting) : '',
        ),
        this.#log,
      );
    }
  }

  async #notifyTogether(tasks: FinalTask[]): Promise<void> {
    const count = tasks.reduce(
      (sum, task) => sum + ('files' in task.state ? task.state.files.length : 0),
      0,
    );
    const missing = tasks.reduce(
      (sum, task) => sum + ('missing' in task.state ? task.state.missing.length : 0),
      0,
    );
    const show = vscode.l10n.t('Show Tasks');
    const text =
      missing > 0
        ? vscode.l10n.t(
            '{0} tasks are done: {1} saved, {2} missing.',
            tasks.length,
            results(tasks, count),
            results(tasks, missing),
          )
        : vscode.l10n.t('{0} tasks are done: {1} saved.', tasks.length, results(tasks, count));
    const drawn = tasks.filter(({ service }) => service.demo).length;
    const demo =
      drawn > 0 ? vscode.l10n.t('Made by the demo service, not by Jimeng: {0}.', drawn) : '';
    if ((await vscode.window.showInformationMessage(joinSentences(text, demo), show)) === show)
      await vscode.commands.executeCommand('jimeng.tasks.focus');
  }
}
