import * as vscode from 'vscode';
import {
  languageOfName,
  scaffold,
  type Kind,
  type Language,
} from '../../agents/scaffold/scaffold.ts';
import { dist } from '../platform/own-extension.ts';

/** VS Code's names of the languages that the code comes in. */
const byEditor: Readonly<Record<string, Language>> = {
  typescript: 'ts',
  typescriptreact: 'ts',
  javascript: 'js',
  javascriptreact: 'js',
  python: 'python',
};

/**
 * "Jimeng: Insert Async Client": code that puts Jimeng's tasks into another project, at the cursor of the active editor,
 * or in a new document where there is none that can be written.
 */
export async function insertAsyncClient(extension: vscode.Uri): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const kind = await choose<Kind>(vscode.l10n.t('What should be inserted?'), [
    {
      label: vscode.l10n.t('Client'),
      detail: vscode.l10n.t('Submits generations as jobs, waits for them, and cancels them.'),
      value: 'client',
    },
    {
      label: vscode.l10n.t('Webhook'),
      detail: vscode.l10n.t(
        "Receives the service's call at the end of a task, and asks the service whether it is true.",
      ),
      value: 'webhook',
    },
  ]);
  const language =
    kind &&
    (languageOf(editor?.document) ??
      (await choose<Language>(vscode.l10n.t('In which language?'), [
        { label: 'TypeScript', value: 'ts' },
        { label: 'JavaScript', value: 'js' },
        { label: 'Python', value: 'python' },
      ])));
  if (!kind || !language) return;
  const code = await scaffold(
    { kind, language, file: fileOf(editor?.document), read },
    new URL('agents/', dist(extension)),
  );
  if (editor && (await insert(editor, code))) return;
  const document = await vscode.workspace.openTextDocument({
    language: { ts: 'typescript', js: 'javascript', python: 'python' }[language],
    content: code,
  });
  await vscode.window.showTextDocument(document, { preview: false });
}

/** As plain text: a snippet would take `${…}` for its own. False where the editor was closed, or cannot be written. */
async function insert(editor: vscode.TextEditor, code: string): Promise<boolean> {
  try {
    return await editor.edit(edit => edit.insert(editor.selection.active, code));
  } catch {
    return false;
  }
}

async function choose<T>(
  title: string,
  items: readonly (vscode.QuickPickItem & { value: T })[],
): Promise<T | undefined> {
  return (await vscode.window.showQuickPick(items, { title }))?.value;
}

function languageOf(document: vscode.TextDocument | undefined): Language | undefined {
  return document && (byEditor[document.languageId] ?? languageOfName(document.uri.path));
}

/** What is not saved yet is taken to belong into the first folder of the workspace. */
function fileOf(document: vscode.TextDocument | undefined): string {
  if (document && !document.isUntitled) return document.uri.toString();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/');
  return vscode.Uri.joinPath(folder, 'jimeng').toString();
}

async function read(uri: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.parse(uri)));
  } catch {
    return undefined;
  }
}
