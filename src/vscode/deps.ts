import type * as vscode from 'vscode';
import type { DemoMode } from './demo-mode.ts';
import type { Services } from './services.ts';
import type { SessionStore } from './session-store.ts';

/** What commands work with; made when the first of them runs. */
export interface Deps {
  services: Services;
  sessions: SessionStore;
  demo: DemoMode;
  /** Remembers what was confirmed, and presets. */
  memory: vscode.Memento;
  log: vscode.LogOutputChannel;
}
