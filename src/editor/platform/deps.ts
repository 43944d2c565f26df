import type * as vscode from 'vscode';
import type { TaskNotifier } from '../tasks/notifier.ts';
import type { DemoMode } from '../service/demo-mode.ts';
import type { Again } from './show-failure.ts';
import type { TasksView } from '../tasks/view/view.ts';
import type { Services } from './services.ts';
import type { SessionStore } from '../session/session-store.ts';

/** What commands work with, created when the first of them runs. */
export interface Deps {
  services: Services;
  sessions: SessionStore;
  demo: DemoMode;
  notifier: TaskNotifier;
  /** Shows a task's progress until nothing works on it any longer. */
  showProgress: (id: string) => Promise<void>;
  /** Opens the prefilled wizard. */
  edit: Again['edit'];
  /** Remembers confirmations. */
  memory: vscode.Memento;
  /** Remembers what belongs to this workspace only. */
  workspaceMemory: vscode.Memento;
  log: vscode.LogOutputChannel;
}

/** What a feature registers itself with. It is cheap, because it is created at every start of the editor. */
export interface FeatureContext {
  context: vscode.ExtensionContext;
  /** Built when the first command needs it. */
  deps: () => Promise<Deps>;
  view: TasksView;
  log: vscode.LogOutputChannel;
}
