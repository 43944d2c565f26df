import * as vscode from 'vscode';
import type { GenerationRequest } from '../../core/request/schema.ts';

/** The language of documents that contain only a prompt; the manifest adds a button to their title. */
export const promptLanguage = 'jimeng-prompt';

/** The request from which a prompt document was opened, so that its options are kept. */
const requests = new WeakMap<vscode.TextDocument, GenerationRequest>();

/** Opens a prompt in an editor, where it can have line breaks. */
export async function editPrompt(request: GenerationRequest): Promise<void> {
  const document = await vscode.workspace.openTextDocument({
    language: promptLanguage,
    content: request.prompt,
  });
  requests.set(document, request);
  await vscode.window.showTextDocument(document, { preview: false });
}

/**
 * The request of the active editor: its selection, or all of a prompt document; line breaks are kept. Undefined if there
 * is neither, which is reported.
 */
export function requestOfEditor(base: GenerationRequest): GenerationRequest | undefined {
  const editor = vscode.window.activeTextEditor;
  const whole = editor?.document.languageId === promptLanguage && editor.selection.isEmpty;
  const prompt =
    editor?.document
      .getText(whole ? undefined : editor.selection)
      .replaceAll('\r\n', '\n')
      .replace(/\n+$/, '') ?? '';
  if (editor && prompt.trim() !== '') return { ...(requests.get(editor.document) ?? base), prompt };
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Select the text of the prompt in an editor first.'),
  );
  return undefined;
}
