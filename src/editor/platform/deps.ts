import type * as vscode from 'vscode';
import type { TaskNotifier } from '../tasks/notifier.ts';
import type { DemoMode } from '../service/demo-mode.ts';
import type { Again } from './show-failure.ts';
import type { TasksView } from '../tasks/view/view.ts';
import type { Services } from './services.ts';
import type { SessionStore } from '../session/session-store.ts';

/** What commands work with; made when the first of them runs. */
export interface Deps {
  services: Services;
  sessions: SessionStore;
  demo: DemoMode;
  notifier: TaskNotifier;
  /** Shows the progress of a task until nobody works on it any more. */
  showProgress: (id: string) => Promise<void>;
  /** Opens the wizard with a request filled in. */
  edit: Again['edit'];
  /** Remembers what was confirmed, and presets. */
  memory: vscode.Memento;
  /** Remembers what is of this workspace only. */
  workspaceMemory: vscode.Memento;
  log: vscode.LogOutputChannel;
}

/** What a feature registers itself with: cheap, for it runs at every start of the editor. */
export interface FeatureContext {
  context: vscode.ExtensionContext;
  /** Built when the first command that needs them runs. */
  deps: () => Promise<Deps>;
  view: TasksView;
  log: vscode.LogOutputChannel;
}
