import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Groups, type GalleryFile } from '../../core/gallery/groups.ts';
import {
  FromPage,
  type Decision,
  type GalleryAction,
  type ToPage,
} from '../../core/gallery/protocol.ts';
import type { Task } from '../../core/queue/task.ts';
import type { Deps } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';
import { inBackground } from '../platform/background.ts';
import { reportError } from '../platform/show-failure.ts';
import { uriOf } from '../platform/files.ts';
import { runGalleryCommand } from './run-command.ts';
import { deletedText, deleteFiles, KeptMarks } from './decisions.ts';
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
/** Files in one message: a larger one would block both sides. */
const BATCH_SIZE = 200;

/** A panel that shows the gallery: it does what the page asks for, and sends it what changes on the disk. */
export class Gallery implements vscode.Disposable {
  readonly #context: GalleryContext;
  readonly #webview: vscode.Webview;
  readonly #owned = new Disposables();
  readonly #groups = new Groups();
  readonly #files = new Map<string, PictureFile>();
  /** The folders as people know them, relative to the workspace, with what is between them and a file. */
  readonly #prefixes: ReadonlyMap<vscode.Uri, string>;
  readonly #tasks = new Map<string, NonNullable<GalleryFile['task']>>();
  readonly #kept: KeptMarks;
  readonly #thumbnails: ThumbnailLoader;
  readonly #folders: PictureFolder[];
  readonly #opened: Promise<void>;
  readonly #reading = new Map<PictureFolder, number>();
  /** The page listens. */
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
    this.#kept = new KeptMarks(deps.workspaceMemory);
    this.#thumbnails = this.#owned.add(
      new ThumbnailLoader(
        thumbnails,
        id => this.#files.get(id),
        path => this.#webview.asWebviewUri(vscode.Uri.file(path)).toString(),
        of => this.#send({ type: 'thumbnails', of }),
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
    this.#folders = folders.map(folder =>
      this.#owned.add(
        new PictureFolder(folder, vscode.Uri.joinPath(storage, 'gallery'), factsReader),
      ),
    );
    for (const folder of this.#folders)
      this.#owned.add(folder.onDidChange(change => this.#update(change, folder)));
    this.#owned.add(
      new vscode.Disposable(
        deps.services.ledger.onDidChange(task => inBackground(this.#learn(task), deps.log)),
      ),
    );
    this.#owned.add(
      this.#webview.onDidReceiveMessage(message => inBackground(this.#receive(message), deps.log)),
    );
    this.#opened = this.#open(); // while the page starts
    this.#opened.catch(() => {
      /* reported when the page asks */
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
      }
    } catch (error) {
      await reportError(error, this.#context.deps.log);
    }
  }

  /** Marks or deletes files; the page is updated at once, without waiting for the file system's events. */
  async #decide(decision: Decision, files: readonly PictureFile[]): Promise<void> {
    try {
      if (decision === 'delete') {
        const deleted = await deleteFiles(files);
        const gone = [...deleted.trashed, ...deleted.removed];
        await this.#kept.set(
          gone.map(uri => uri.toString()),
          false,
        );
        if (gone.length > 0) this.#send({ type: 'notice', text: deletedText(deleted) });
      } else {
        await this.#kept.set(
          files.map(({ id }) => id),
          decision === 'keep',
        );
      }
    } finally {
      await this.#refresh(files.map(({ uri }) => uri)); // after an error, some of them are gone
    }
  }

  /** Has the page do what was chosen in its context menu. */
  run(action: GalleryAction): void {
    this.#send({ type: 'run', action });
  }

  /** A page that was hidden is created again, and asks again. */
  async #begin(): Promise<void> {
    this.#live = true;
    const ids = this.#newestFirst().map(({ id }) => id);
    for (let at = 0; at < ids.length; at += BATCH_SIZE) {
      const files = ids.slice(at, at + BATCH_SIZE).flatMap(id => this.#groups.file(id) ?? []); // as they are by then
      this.#send({
        type: 'groups',
        ...this.#groups.update(files, []),
        reading: this.#unread + Math.max(0, ids.length - at - BATCH_SIZE),
      });
      await setImmediate();
    }
    await this.#opened;
    if (this.#files.size === 0) this.#sendEmpty();
  }

  async #open(): Promise<void> {
    for (const task of await this.#context.deps.services.ledger.all()) this.#remember(task);
    await Promise.all(this.#folders.map(folder => folder.open()));
  }

  #sendEmpty(): void {
    const [folder] = this.#context.folders;
    this.#send(
      folder
        ? { type: 'empty', why: 'noPictures', folder: vscode.workspace.asRelativePath(folder) }
        : { type: 'empty', why: 'noFolder' },
    );
  }

  /** Looks at these files again, in whichever folder they are. */
  async #refresh(uris: readonly vscode.Uri[]): Promise<void> {
    await Promise.all(
      this.#folders.map(of =>
        of.refresh(
          uris.filter(
            ({ path, authority, scheme }) =>
              scheme === of.folder.scheme &&
              authority === of.folder.authority &&
              path.startsWith(`${of.folder.path}/`),
          ),
        ),
      ),
    );
  }

  #filesOf(ids: readonly string[]): PictureFile[] {
    return ids.flatMap(id => this.#files.get(id) ?? []);
  }

  #update({ changed, gone, reading }: PictureFolderChange, from: PictureFolder): void {
    this.#reading.set(from, reading);
    for (const id of gone) this.#files.delete(id);
    for (const file of changed) this.#files.set(file.id, file);
    const update = this.#groups.update(
      changed.map(file => this.#fileOf(file)),
      gone,
    );
    if (!this.#live)
      this.#thumbnails.want(
        this.#newestFirst()
          .slice(0, FIRST_BATCH_SIZE)
          .map(({ id }) => id),
      );
    this.#send({ type: 'groups', ...update, reading: this.#unread });
  }

  #newestFirst(): PictureFile[] {
    return [...this.#files.values()].sort((a, b) => b.modified - a.modified);
  }

  /** How many files are still to be sent to the page. */
  get #unread(): number {
    return [...this.#reading.values()].reduce((sum, each) => sum + each, 0);
  }

  #fileOf({ uri, folder, ...file }: PictureFile): GalleryFile {
    const { id, modified } = file;
    const task = this.#tasks.get(id);
    const source = this.#webview
      .asWebviewUri(uri)
      .with({ query: `v=${modified}` })
      .toString();
    return {
      ...file,
      path: `${this.#prefixes.get(folder) ?? ''}${uri.path.slice(folder.path.length + 1)}`,
      source,
      kept: this.#kept.has(id),
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

  /** A picture may have come before its task was known to have made it, or where the editor does not watch. */
  async #learn(task: Task): Promise<void> {
    const uris = this.#remember(task);
    if (uris.length > 0) await this.#refresh(uris);
  }

  #send(message: ToPage): void {
    if (this.#live) void this.#webview.postMessage(message);
  }
}
