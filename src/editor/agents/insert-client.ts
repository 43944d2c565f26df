import * as vscode from 'vscode';
import {
  languageOfName,
  scaffold,
  type Kind,
  type Language,
} from '../../agents/scaffold/scaffold.ts';
import { dist } from '../platform/own-extension.ts';

/** VS Code's language ids for the code's languages. */
const byEditor: Readonly<Record<string, Language>> = {
  typescript: 'ts',
  typescriptreact: 'ts',
  javascript: 'js',
  javascriptreact: 'js',
  python: 'python',
};

/**
 * "Jimeng: Insert Async Client": code that uses Jimeng tasks in another project, at the cursor of the active editor,
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
        "Receives the service's call when a task is done, and verifies it with the service.",
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

/** As plain text: a snippet would interpret `${…}`. False if the editor was closed or is read-only. */
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

/** An unsaved document is taken to belong to the first folder of the workspace. */
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
