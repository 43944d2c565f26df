import * as vscode from 'vscode';
import { registerTools } from './vscode/agents/register.ts';
import { inBackground, tell } from './vscode/background.ts';
import { registerCommands } from './vscode/commands/register.ts';
import type { Deps } from './vscode/deps.ts';
import { Disposables } from './vscode/disposables.ts';
import { lazy } from './core/lazy.ts';
import type { Again } from './vscode/report.ts';
import { hasAwaited } from './vscode/awaited.ts';
import { onFirstPage } from './vscode/page/first-page.ts';
import { LastEditor } from './vscode/page/last-editor.ts';
import { hasUnfinished, onWork } from './vscode/take-up.ts';
import { offerCommand } from './vscode/terminal-command.ts';
import { TasksView } from './vscode/tasks-view/view.ts';

/** Lets another window take over, and ends what runs here. */
let end: (() => Promise<void>) | undefined;

/** Wires the extension together. What is heavy is loaded when it is first needed. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  if (vscode.l10n.bundle) (await import('./vscode/core-texts.ts')).useTexts(vscode.l10n.bundle);
  const owned = new Disposables();
  context.subscriptions.push(owned);
  const log = owned.add(vscode.window.createOutputChannel('Jimeng', { log: true }));

  offerCommand(context);

  const deps = lazy(async (): Promise<Deps> => {
    const { open } = await import('./vscode/open.ts');
    const opened = await open(context, view, edit, log);
    owned.add(opened.owned);
    end = opened.end;
    return opened.deps;
  });
  const edit: Again['edit'] = async request =>
    (await import('./vscode/commands/generate.ts')).generate(await deps(), request);
  const view = owned.add(new TasksView(async () => (await deps()).services));
  owned.add(
    registerCommands({ context, deps, view, lastEditor: owned.add(new LastEditor()), log }),
  );
  owned.add(registerTools(context.extension, deps));
  const takeUp = async () => (await import('./vscode/take-up.ts')).takeUp(await deps());
  owned.add(
    onFirstPage(() =>
      inBackground(
        import('./vscode/page/pages.ts').then(({ followPages }) => owned.add(followPages())),
        log,
      ),
    ),
  );
  try {
    if ((await hasUnfinished(context.globalStorageUri)) || hasAwaited(context.workspaceState))
      await takeUp();
    else owned.add(onWork(context.globalStorageUri, () => inBackground(takeUp(), log)));
  } catch (error) {
    tell(error, log); // the commands are there all the same, and the next one tries again
  }
}

export function deactivate(): Promise<void> | undefined {
  return end?.();
}
