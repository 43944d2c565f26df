import * as vscode from 'vscode';
import type { TasksView } from './view/view.ts';

/** Shows only tasks with the text that is typed. */
export async function filterTasks(view: TasksView): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Jimeng: Filter Tasks'),
    placeHolder: vscode.l10n.t('Text of the prompt, or a model'),
  });
  if (text !== undefined) view.filter(text);
}
