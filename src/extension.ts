import * as vscode from 'vscode';
import { lazy } from './core/system/lazy.ts';
import { registerAgents } from './editor/agents/register.ts';
import { registerGallery } from './editor/gallery/register.ts';
import { registerGenerate } from './editor/generate/register.ts';
import { registerHelp } from './editor/help/register.ts';
import { registerPages } from './editor/pages/register.ts';
import type { Deps } from './editor/platform/deps.ts';
import { Disposables } from './editor/platform/disposables.ts';
import type { Again } from './editor/platform/show-failure.ts';
import { registerService } from './editor/service/register.ts';
import { registerSession } from './editor/session/register.ts';
import { registerTasks } from './editor/tasks/register.ts';
import { resumeWhenNeeded } from './editor/tasks/resume.ts';
import { TasksView } from './editor/tasks/view/view.ts';

const features = [
  registerGenerate,
  registerTasks,
  registerService,
  registerSession,
  registerPages,
  registerGallery,
  registerAgents,
  registerHelp,
];

/** Lets another window take over, and stops what runs here. */
let end: (() => Promise<void>) | undefined;

/** Wires the extension together. Heavy parts are loaded when they are first needed. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  // English needs no translations.
  if (vscode.l10n.bundle)
    (await import('./editor/platform/core-texts.ts')).useTexts(vscode.l10n.bundle);
  const owned = new Disposables();
  context.subscriptions.push(owned);
  const log = owned.add(vscode.window.createOutputChannel('Jimeng', { log: true }));
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
  for (const register of features) owned.add(register({ context, deps, view, log }));
  owned.add(await resumeWhenNeeded(context, deps, log));
}

export function deactivate(): Promise<void> | undefined {
  return end?.();
}
