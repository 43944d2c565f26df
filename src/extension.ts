import * as vscode from 'vscode';
import { registerTools } from './editor/agents/register.ts';
import { inBackground, tell } from './editor/platform/background.ts';
import { registerCommands } from './editor/platform/register-commands.ts';
import type { Deps } from './editor/platform/deps.ts';
import { Disposables } from './editor/platform/disposables.ts';
import { lazy } from './core/system/lazy.ts';
import type { Again } from './editor/platform/show-failure.ts';
import { hasAwaited } from './editor/pages/awaited-targets.ts';
import { onFirstPage } from './editor/pages/first-page.ts';
import { LastEditor } from './editor/pages/last-editor.ts';
import { hasUnfinished, onWork } from './editor/tasks/resume.ts';
import { offerCommand } from './editor/service/terminal-command.ts';
import { TasksView } from './editor/tasks/view/view.ts';

/** Lets another window take over, and ends what runs here. */
let end: (() => Promise<void>) | undefined;

/** Wires the extension together. What is heavy is loaded when it is first needed. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  if (vscode.l10n.bundle)
    (await import('./editor/platform/core-texts.ts')).useTexts(vscode.l10n.bundle);
  const owned = new Disposables();
  context.subscriptions.push(owned);
  const log = owned.add(vscode.window.createOutputChannel('Jimeng', { log: true }));

  offerCommand(context);

  const deps = lazy(async (): Promise<Deps> => {
    const { open } = await import('./editor/platform/open.ts');
    const opened = await open(context, view, edit, log);
    owned.add(opened.owned);
    end = opened.end;
    return opened.deps;
  });
  const edit: Again['edit'] = async request =>
    (await import('./editor/generate/generate.ts')).generate(await deps(), request);
  const view = owned.add(new TasksView(async () => (await deps()).services));
  owned.add(
    registerCommands({ context, deps, view, lastEditor: owned.add(new LastEditor()), log }),
  );
  owned.add(registerTools(context.extension, deps));
  const takeUp = async () => (await import('./editor/tasks/resume.ts')).resumeTasks(await deps());
  owned.add(
    onFirstPage(() =>
      inBackground(
        import('./editor/pages/pages.ts').then(({ followPages }) => owned.add(followPages())),
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
