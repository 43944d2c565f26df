import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Groups, type GalleryFile } from '../../core/gallery/groups.ts';
import { FromPage, type Decision, type ToPage } from '../../core/gallery/protocol.ts';
import type { Task } from '../../core/queue/task.ts';
import type { Deps } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';
import { inBackground } from '../platform/background.ts';
import { reportError } from '../platform/show-failure.ts';
import { uriOf } from '../platform/uris.ts';
import { runGalleryCommand } from './commands.ts';
import { Decisions } from './decisions.ts';
import { pageHtml } from './page-html.ts';
import { isAside } from './places.ts';
import { PictureFolder, type PictureFolderChange, type PictureFile } from './picture-folder.ts';
import { ThumbnailLoader } from './thumbnail-loader.ts';

export interface GalleryContext {
  deps: Deps;
  /** The built files. */
  dist: vscode.Uri;
  /** The extension's own folder, for what was read of pictures. */
  storage: vscode.Uri;
  folders: vscode.Uri[];
}

/** As many as a screen shows at first: their thumbnails are made while the page still starts. */
const FIRST_BATCH_SIZE = 16;
/** Files that are told in one message: a larger one would hold up both sides. */
const BATCH_SIZE = 200;

/** A panel that shows the gallery: what its page asks for is done, and what changes on the disk is told to it. */
export class Gallery implements vscode.Disposable {
  readonly #context: GalleryContext;
  readonly #webview: vscode.Webview;
  readonly #owned = new Disposables();
  readonly #groups = new Groups();
  readonly #files = new Map<string, PictureFile>();
  /** The folders as people know them, relative to the workspace, with what stands between them and a file. */
  readonly #prefixes: ReadonlyMap<vscode.Uri, string>;
  readonly #tasks = new Map<string, NonNullable<GalleryFile['task']>>();
  readonly #decisions: Decisions;
  readonly #thumbnails: ThumbnailLoader;
  readonly #shelves: PictureFolder[];
  readonly #opened: Promise<void>;
  readonly #reading = new Map<PictureFolder, number>();
  /** The page hears what it is told. */
  #live = false;

  constructor(panel: vscode.WebviewPanel, context: GalleryContext) {
    this.#context = context;
    this.#webview = panel.webview;
    const { dist, storage, folders, deps } = context;
    const { thumbnails, factsReader } = deps.services;
    this.#webview.options = {
      enableScripts: true,
      localResourceRoots: [dist, vscode.Uri.file(thumbnails.folder), ...folders],
    };
    this.#decisions = new Decisions(deps.workspaceMemory);
    this.#thumbnails = this.#owned.add(
      new ThumbnailLoader(
        thumbnails,
        id => this.#files.get(id),
        path => this.#webview.asWebviewUri(vscode.Uri.file(path)).toString(),
        of => this.#tell({ type: 'thumbnails', of }),
      ),
    );
    this.#prefixes = new Map(
      folders.map(folder => [
        folder,
        vscode.workspace
          .asRelativePath(vscode.Uri.joinPath(folder, 'x'), folders.length > 1)
          .slice(0, -1),
      ]),
    );
    this.#shelves = folders.map(folder =>
      this.#owned.add(
        new PictureFolder(folder, vscode.Uri.joinPath(storage, 'gallery'), factsReader),
      ),
    );
    for (const shelf of this.#shelves)
      this.#owned.add(shelf.onDidChange(change => this.#update(change, shelf)));
    this.#owned.add(
      new vscode.Disposable(
        deps.services.ledger.onDidChange(task => inBackground(this.#learn(task), deps.log)),
      ),
    );
    this.#owned.add(
      this.#webview.onDidReceiveMessage(message => inBackground(this.#receive(message), deps.log)),
    );
    this.#webview.html = pageHtml(this.#webview, dist);
    this.#opened = this.#open(); // while the page starts
    this.#opened.catch(() => {
      /* told when the page asks */
    });
  }

  dispose(): void {
    this.#live = false;
    this.#owned.dispose();
  }

  async #receive(message: unknown): Promise<void> {
    const { data } = FromPage.safeParse(message);
    try {
      switch (data?.type) {
        case 'ready':
          await this.#begin();
          break;
        case 'wanted':
          this.#thumbnails.want(data.ids);
          break;
        case 'command':
          await runGalleryCommand(
            data.command,
            this.#filesOf(data.ids).map(({ uri }) => uri),
          );
          break;
        case 'copyPrompt':
          await vscode.env.clipboard.writeText(this.#groups.group(data.key)?.prompt ?? '');
          break;
        case 'generate':
          await vscode.commands.executeCommand('jimeng.generateImage');
          break;
        case 'decide':
          await this.#decide(data.decision, this.#filesOf(data.ids));
          break;
        case 'undo':
          await this.#refresh(() => this.#decisions.undo(), []);
          break;
      }
    } catch (error) {
      await reportError(error, this.#context.deps.log);
    }
  }

  /** Only what was put aside can be deleted or restored, whatever a page says. */
  #decide(decision: Decision, files: readonly PictureFile[]): Promise<void> {
    const ofAside = decision === 'delete' || decision === 'restore';
    const meant = files.filter(({ uri }) => isAside(uri) === ofAside);
    return this.#refresh(() => this.#decisions.decide(decision, meant), meant);
  }

  /** A page that was hidden is made anew, and asks again. */
  async #begin(): Promise<void> {
    this.#live = true;
    this.#tellUndo();
    const ids = this.#newestFirst().map(({ id }) => id);
    for (let at = 0; at < ids.length; at += BATCH_SIZE) {
      const files = ids.slice(at, at + BATCH_SIZE).flatMap(id => this.#groups.file(id) ?? []); // as they are by then
      this.#tell({
        type: 'groups',
        ...this.#groups.update(files, []),
        reading: this.#unread + Math.max(0, ids.length - at - BATCH_SIZE),
      });
      await setImmediate();
    }
    await this.#opened;
    if (this.#files.size === 0) this.#tellEmpty();
  }

  async #open(): Promise<void> {
    for (const task of await this.#context.deps.services.ledger.all()) this.#remember(task);
    await Promise.all(this.#shelves.map(shelf => shelf.open()));
  }

  #tellEmpty(): void {
    const [folder] = this.#context.folders;
    this.#tell(
      folder
        ? { type: 'empty', why: 'noPictures', folder: vscode.workspace.asRelativePath(folder) }
        : { type: 'empty', why: 'noFolder' },
    );
  }

  /** After a decision: what has changed is looked at now, without waiting for the file system's own word. */
  async #refresh(
    decide: () => Promise<vscode.Uri[]>,
    files: readonly PictureFile[],
  ): Promise<void> {
    let changed = files.map(({ uri }) => uri); // after an error, some of them
    try {
      changed = [...changed, ...(await decide())];
    } finally {
      await Promise.all(
        this.#shelves.map(shelf =>
          shelf.refresh(
            changed.filter(({ path, authority, scheme }) => {
              const { folder } = shelf;
              return (
                scheme === folder.scheme &&
                authority === folder.authority &&
                path.startsWith(`${folder.path}/`)
              );
            }),
          ),
        ),
      );
      this.#tellUndo();
    }
  }

  #tellUndo(): void {
    const { undoable } = this.#decisions;
    this.#tell({ type: 'undo', ...(undoable !== undefined && { count: undoable }) });
  }

  #filesOf(ids: readonly string[]): PictureFile[] {
    return ids.flatMap(id => this.#files.get(id) ?? []);
  }

  #update({ changed, gone, reading }: PictureFolderChange, shelf: PictureFolder): void {
    this.#reading.set(shelf, reading);
    for (const id of gone) this.#files.delete(id);
    for (const file of changed) this.#files.set(file.id, file);
    const told = this.#groups.update(
      changed.map(file => this.#fileOf(file)),
      gone,
    );
    if (!this.#live)
      this.#thumbnails.want(
        this.#newestFirst()
          .filter(({ uri }) => !isAside(uri))
          .slice(0, FIRST_BATCH_SIZE)
          .map(({ id }) => id),
      );
    this.#tell({ type: 'groups', ...told, reading: this.#unread });
  }

  #newestFirst(): PictureFile[] {
    return [...this.#files.values()].sort((a, b) => b.modified - a.modified);
  }

  /** So many files are still on their way to be told. */
  get #unread(): number {
    return [...this.#reading.values()].reduce((sum, each) => sum + each, 0);
  }

  #fileOf({ uri, folder, ...file }: PictureFile): GalleryFile {
    const { home, modified } = file;
    const task = this.#tasks.get(home);
    const source = this.#webview
      .asWebviewUri(uri)
      .with({ query: `v=${modified}` })
      .toString();
    const decision = isAside(uri) ? 'aside' : this.#decisions.isKept(home) ? 'kept' : undefined;
    return {
      ...file,
      path: `${this.#prefixes.get(folder) ?? ''}${uri.path.slice(folder.path.length + 1)}`,
      source,
      ...(decision && { decision }),
      ...(task && { task }),
    };
  }

  #remember(task: Task): vscode.Uri[] {
    if (!('files' in task.state)) return [];
    const {
      id,
      model,
      service: { demo },
      request: { prompt },
    } = task;
    const uris = task.state.files.map(uriOf);
    for (const uri of uris) this.#tasks.set(uri.toString(), { id, prompt, model, demo });
    return uris;
  }

  /** A picture may have come before its task was known to have made it, or to a place of which the editor does not tell. */
  async #learn(task: Task): Promise<void> {
    const uris = this.#remember(task);
    if (uris.length > 0) await this.#refresh(() => Promise.resolve(uris), []);
  }

  #tell(message: ToPage): void {
    if (this.#live) void this.#webview.postMessage(message);
  }
}
