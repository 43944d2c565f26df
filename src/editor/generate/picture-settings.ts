import { basename } from 'node:path';
import * as vscode from 'vscode';
import { hashOf } from '../../core/inputs/content.ts';
import { describeSettings } from '../../core/images/describe-settings.ts';
import { settingsIn, type PictureInput } from '../../core/images/settings.ts';
import type { InputImage } from '../../core/request/schema.ts';
import type { Deps } from '../platform/deps.ts';
import { openInput } from '../platform/open-input.ts';
import { reportError } from '../platform/show-failure.ts';
import { filesOf } from '../platform/files.ts';

/** The scheme and language of documents that show how a picture was made; the picture itself holds the content. */
const scheme = 'jimeng-settings';

/** How many files with an input's name are tried. */
const MAX_CANDIDATES = 20;

/** The content of such a document. Throws JimengError. */
export async function settingsText({ query }: vscode.Uri): Promise<string> {
  return describeSettings(await settingsIn(query, openInput), vscode.env.language);
}

/** "Show Settings of This Picture": as read-only plain text. */
export async function showSettings(row: unknown, { log }: Pick<Deps, 'log'>): Promise<void> {
  const [picture] = filesOf(row);
  if (!picture) return;
  try {
    await settingsIn(picture.toString(), openInput); // a problem is shown as a message, not in an editor
    const path = `/${vscode.l10n.t('{0} (settings)', basename(picture.path))}`; // without a picture's extension: it is text
    const document = await vscode.workspace.openTextDocument(
      vscode.Uri.from({
        scheme,
        path,
        query: picture.toString(),
        fragment: await stateOf(picture),
      }),
    );
    await vscode.window.showTextDocument(
      await vscode.languages.setTextDocumentLanguage(document, scheme),
    );
  } catch (error) {
    await reportError(error, log);
  }
}

/** Distinguishes a file from a later one with the same name, since an open document is not read again. */
async function stateOf(file: vscode.Uri): Promise<string> {
  const { mtime, size } = await vscode.workspace.fs.stat(file);
  return `${mtime}-${size}`;
}

/**
 * "Run Again from This Picture": opens the wizard prefilled with its request, wherever the picture came from. Sends
 * nothing.
 */
export async function runFromPicture(row: unknown, deps: Deps): Promise<void> {
  const [picture] = filesOf(row);
  if (!picture) return;
  try {
    const {
      request: { prompt = '', images, ...options },
    } = await settingsIn(picture.toString(), openInput);
    const found = images && (await findInputs(images, deps));
    // Even if all inputs are missing they are required: without any it would be a different request.
    await deps.edit({ ...options, prompt, ...(found && { images: found }) });
  } catch (error) {
    await reportError(error, deps.log);
  }
}

/** The inputs that exist, by content; missing ones are reported. */
async function findInputs(
  inputs: readonly PictureInput[],
  { services: { ledger } }: Deps,
): Promise<InputImage[]> {
  const used = (await ledger.all()).flatMap(({ request }) => request.images ?? []);
  const found: InputImage[] = [];
  const missing: string[] = [];
  for (const input of inputs) {
    const image = 'uri' in input ? input : await findFile(input, used);
    if (image) found.push(image);
    else if ('name' in input) missing.push(input.name);
  }
  if (missing.length > 0)
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'Not in this workspace: {0}. Add the missing pictures under "Pictures".',
        missing.join(', '),
      ),
    );

  return found;
}

/**
 * A file with the same content: one with the same name in the workspace, or where an earlier request on this machine had
 * it.
 */
async function findFile(
  { name, sha256 }: { name: string; sha256: string },
  used: readonly InputImage[],
): Promise<InputImage | undefined> {
  const pattern = `**/${name.replace(/[[\]{}*?]/g, '?')}`; // any character in place of a special one
  const alike = await vscode.workspace.findFiles(pattern, '**/node_modules/**', MAX_CANDIDATES);
  const earlier = used.filter(image => image.sha256 === sha256).map(({ uri }) => uri);
  for (const uri of new Set([...alike.map(String), ...earlier]))
    if ((await contentOf(uri)) === sha256) return { uri, sha256 };

  return undefined;
}

function contentOf(uri: string): Promise<string | undefined> {
  return openInput(uri)
    .then(hashOf)
    .catch(() => undefined);
}
