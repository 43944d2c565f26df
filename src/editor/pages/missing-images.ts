import * as vscode from 'vscode';
import { kindOf, pageLanguages } from '../../core/page/kinds.ts';
import { findImageLinks, type ImageLink } from '../../core/page/links.ts';
import { requestOfSettings } from '../generate/generate.ts';
import { Disposables } from '../platform/disposables.ts';
import { settings } from '../platform/settings.ts';
import { oneLine } from '../tasks/task-texts.ts';
import { FileExistenceCache } from './file-existence-cache.ts';

/** A page is scanned when nobody has typed for this time. */
const DEBOUNCE_MS = 400;

interface Missing {
  link: ImageLink;
  target: vscode.Uri;
  range: vscode.Range;
}

/**
 * Marks pictures that a page shows but that do not exist, and offers to generate them. Only visible pages are scanned.
 */
export class MissingImages implements vscode.Disposable, vscode.CodeActionProvider {
  readonly #owned = new Disposables();
  readonly #files = this.#owned.add(new FileExistenceCache());
  readonly #diagnostics = this.#owned.add(vscode.languages.createDiagnosticCollection('jimeng'));
  readonly #found = new Map<string, Missing[]>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();

  constructor() {
    const scanAll = () => {
      for (const { document } of vscode.window.visibleTextEditors) this.#scanSoon(document);
    };
    this.#owned.add(this.#files.onDidChange(scanAll));
    this.#owned.add(vscode.window.onDidChangeVisibleTextEditors(scanAll));
    this.#owned.add(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (vscode.window.visibleTextEditors.some(editor => editor.document === document))
          this.#scanSoon(document);
      }),
    );
    this.#owned.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#show(uri, [])));
    this.#owned.add(
      vscode.workspace.onDidChangeConfiguration(change => {
        if (change.affectsConfiguration('jimeng.missingImages')) scanAll();
      }),
    );
    const kinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };
    this.#owned.add(
      vscode.languages.registerCodeActionsProvider(
        pageLanguages.map(language => ({ language })),
        this,
        kinds,
      ),
    );
    scanAll();
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const found = (this.#found.get(document.uri.toString()) ?? []).filter(missing =>
      missing.range.intersection(range),
    );
    return Promise.all(
      found.map(async missing => {
        const action = await this.#fix(document, missing);
        action.diagnostics = diagnostics.filter(
          diagnostic => diagnostic.source === 'Jimeng' && diagnostic.range.isEqual(missing.range),
        );
        return action;
      }),
    );
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#owned.dispose();
  }

  /** Generated pictures are PNG: another extension in the page is changed accordingly. */
  async #fix(
    document: vscode.TextDocument,
    { link, target, range }: Missing,
  ): Promise<vscode.CodeAction> {
    const png = target.with({ path: target.path.replace(/\.\w+$/, '.png') });
    const name = png.path.slice(png.path.lastIndexOf('/') + 1);
    const isPng = /\.png$/i.test(target.path);
    const generate = () => ({
      command: 'jimeng.generateImage',
      title: '',
      arguments: [
        {
          ...requestOfSettings(),
          prompt: oneLine(link.alt),
          target: { uri: (isPng ? target : png).toString(), ...(link.size && { size: link.size }) },
        },
      ],
    });
    const action = (title: string) => new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    if (isPng)
      return Object.assign(action(vscode.l10n.t('Generate the missing image with Jimeng')), {
        command: generate(),
      });
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, range, document.getText(range).replace(/\.\w+(?=$|[?#])/, '.png'));
    if (await this.#files.has(png))
      return Object.assign(action(vscode.l10n.t('Change the link to {0}, which exists', name)), {
        edit,
      });
    return Object.assign(
      action(vscode.l10n.t('Change the link to {0} and generate it with Jimeng', name)),
      { edit, command: generate() },
    );
  }

  #scanSoon(document: vscode.TextDocument): void {
    if (!kindOf(document.languageId)) return;
    const name = document.uri.toString();
    clearTimeout(this.#waiting.get(name));
    this.#waiting.set(
      name,
      setTimeout(() => {
        this.#waiting.delete(name);
        this.#scan(document).catch(() => {
          /* no hints then; the next change scans again */
        });
      }, DEBOUNCE_MS),
    );
  }

  async #scan(document: vscode.TextDocument): Promise<void> {
    const kind = kindOf(document.languageId);
    if (!kind || document.isClosed) return;
    const { version } = document;
    const links = settings.missingImages(document.uri)
      ? findImageLinks(document.getText(), kind)
      : [];
    const found = await Promise.all(
      links.map(async (link): Promise<Missing | undefined> => {
        const target = await this.#files.missing(link, document.uri, kind === 'jsx');
        return (
          target && {
            link,
            target,
            range: new vscode.Range(document.positionAt(link.start), document.positionAt(link.end)),
          }
        );
      }),
    );
    if (document.version === version && vscode.workspace.textDocuments.includes(document))
      this.#show(
        document.uri,
        found.filter(missing => missing !== undefined),
      ); // otherwise it is scanned again
  }

  #show(uri: vscode.Uri, found: Missing[]): void {
    if (found.length > 0) this.#found.set(uri.toString(), found);
    else this.#found.delete(uri.toString());
    this.#diagnostics.set(
      uri,
      found.map(({ range, link }) => {
        const hint = new vscode.Diagnostic(
          range,
          vscode.l10n.t('The picture {0} does not exist. A Quick Fix can generate it.', link.path),
          vscode.DiagnosticSeverity.Hint,
        );
        hint.source = 'Jimeng';
        return hint;
      }),
    );
  }
}
