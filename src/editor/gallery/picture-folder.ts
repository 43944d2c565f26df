import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { FactsCache } from '../../core/gallery/facts-cache.ts';
import type { GalleryFile } from '../../core/gallery/groups.ts';
import { Disposables } from '../platform/disposables.ts';
import { stateOf } from '../platform/picture-file.ts';
import { factsOfAll, forEach, kindOf, listFiles, type FactsReader } from './disk.ts';

/** A file on disk, without what the gallery adds. */
export type PictureFile = Pick<
  GalleryFile,
  'id' | 'name' | 'kind' | 'bytes' | 'modified' | 'facts'
> & { uri: vscode.Uri; folder: vscode.Uri };

export interface PictureFolderChange {
  changed: PictureFile[];
  /** Ids. */
  gone: string[];
  /** How many files are still unread. */
  reading: number;
}

/**
 * Files are read and sent in batches, newest first: the first screen does not wait for thousands, and no batch blocks the
 * editor.
 */
const FIRST_SCREEN_FILES = 40;
const BATCH_SIZE = 200;
/** For files that the editor has to fetch whole, possibly from another machine. */
const REMOTE_BATCH_SIZE = 16;
/** Saving a picture makes several changes; in ms. */
const SETTLED_MS = 150;

/** The files of a folder, from the first scan on and as they change. */
export class PictureFolder implements vscode.Disposable {
  readonly folder: vscode.Uri;
  readonly #disk: FactsReader;
  readonly #cache: FactsCache;
  readonly #changed = new vscode.EventEmitter<PictureFolderChange>();
  readonly onDidChange = this.#changed.event;
  readonly #owned = new Disposables();
  readonly #files = new Map<string, PictureFile>();
  readonly #sent = new WeakSet<PictureFile>();
  readonly #touched = new Map<string, vscode.Uri>();
  #lastScan: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  /** All files are known: a missing one is gone. */
  #complete = false;
  #disposed = false;

  /** @param storage a folder of the extension's own, for cached facts */
  constructor(folder: vscode.Uri, storage: vscode.Uri, disk: FactsReader) {
    this.#disk = disk;
    this.folder = folder;
    this.#cache = new FactsCache(
      join(
        storage.fsPath,
        `${createHash('sha256').update(folder.toString()).digest('hex').slice(0, 16)}.txt`,
      ),
    );
    this.#owned.add(this.#changed);
    const watcher = this.#owned.add(
      vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '**')),
    );
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete])
      this.#owned.add(event(uri => this.#touch(uri)));
  }

  /** Reads everything; resolves when all of it is sent. */
  async open(): Promise<void> {
    await this.#inTurn(() => this.#cache.load());
    await this.#scanAll();
  }

  /** Reads these files now and sends their state: they have changed, or more is known about them. */
  refresh(uris: Iterable<vscode.Uri>): Promise<void> {
    return this.#scanFolder(uris, file => this.#sent.delete(file));
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#owned.dispose();
  }

  /** A file's older state must not be sent after a newer one. */
  #inTurn(scan: () => Promise<void>): Promise<void> {
    const scanned = this.#lastScan.then(scan);
    this.#lastScan = scanned.catch(() => {
      /* the caller gets the error */
    });
    return scanned;
  }

  async #scanAll(): Promise<void> {
    const files: PictureFile[] = [];
    const [first, size] =
      this.folder.scheme === 'file'
        ? [FIRST_SCREEN_FILES, BATCH_SIZE]
        : [REMOTE_BATCH_SIZE, REMOTE_BATCH_SIZE];
    await this.#inTurn(async () => {
      const { found, gone } = await this.#checkFile(await listFiles(this.folder));
      const ids = new Set(found.map(({ id }) => id));
      for (const id of this.#files.keys())
        if (!ids.has(id)) {
          this.#files.delete(id);
          gone.push(id);
        }

      this.#complete = true;
      found.sort((a, b) => b.modified - a.modified);
      await this.#sendNews(found.splice(0, first), gone);
      files.push(...found);
    });
    // A person's decision may come between two of these.
    for (let at = 0; at < files.length && !this.#disposed; at += size) {
      await setImmediate();
      await this.#inTurn(() =>
        this.#sendNews(
          files.slice(at, at + size).filter(file => this.#files.get(file.id) === file),
          [],
        ),
      ); // not changed meanwhile
    }
    await this.#save();
  }

  /** Reads these files and sends the news. @param onFound called before that */
  async #scanFolder(
    uris: Iterable<vscode.Uri>,
    onFound?: (file: PictureFile) => void,
  ): Promise<void> {
    await this.#inTurn(async () => {
      const { found, gone } = await this.#checkFile(uris);
      if (onFound) found.forEach(onFound);
      await this.#sendNews(found, gone);
    });
    await this.#save();
  }

  async #checkFile(uris: Iterable<vscode.Uri>): Promise<{ found: PictureFile[]; gone: string[] }> {
    const found: PictureFile[] = [];
    const gone: string[] = [];
    await forEach(uris, async uri => {
      const file = await this.#scan(uri);
      if (file) {
        this.#files.set(file.id, file);
        found.push(file);
      } else if (this.#files.delete(uri.toString())) {
        gone.push(uri.toString());
      }
    });
    return { found, gone };
  }

  /** Undefined if it does not exist or is not shown. */
  async #scan(uri: vscode.Uri): Promise<PictureFile | undefined> {
    const kind = kindOf(uri);
    const state = kind && (await stateOf(uri));
    if (!state) return undefined;
    const id = uri.toString();
    const known = this.#files.get(id);
    if (known?.bytes === state.bytes && known.modified === state.modified) return known; // it may be read soon
    const facts = kind === 'video' ? {} : this.#cache.get(id, state);
    return {
      id,
      uri,
      folder: this.folder,
      name: uri.path.split('/').at(-1) ?? '',
      kind,
      ...state,
      ...(facts && { facts }),
    };
  }

  async #readAll(files: readonly PictureFile[]): Promise<void> {
    const unread = files.filter(({ facts }) => !facts);
    if (unread.length === 0 || this.#disposed) return;
    const facts = await factsOfAll(
      unread.map(({ uri }) => uri),
      this.#disk,
    );
    for (const [index, file] of unread.entries()) {
      const known = facts[index];
      if (known) this.#cache.set(file.id, file, known);
      file.facts = known ?? {}; // shown anyway, and read again next time
    }
  }

  /** Reads these, and sends what was not sent before: the editor's event often comes after our own scan. */
  async #sendNews(files: readonly PictureFile[], gone: string[]): Promise<void> {
    await this.#readAll(files);
    const news = files.filter(file => !this.#sent.has(file));
    if (news.length > 0 || gone.length > 0) this.#send(news, gone);
  }

  #send(changed: PictureFile[], gone: string[]): void {
    if (this.#disposed) return;
    for (const file of changed) this.#sent.add(file);
    this.#changed.fire({
      changed,
      gone,
      reading: [...this.#files.values()].filter(file => !this.#sent.has(file)).length,
    });
  }

  async #save(): Promise<void> {
    if (!this.#complete) return;
    await this.#cache.save(new Set(this.#files.keys())).catch(() => {
      /* it is only a cache: read again next time */
    });
  }

  #touch(uri: vscode.Uri): void {
    const parts = uri.path.slice(this.folder.path.length).split('/');
    if (parts.some(part => part.startsWith('.'))) return; // pictures that are being saved
    this.#touched.set(uri.toString(), uri);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#settle().catch(() => {
        /* the next caller gets the error */
      });
    }, SETTLED_MS);
  }

  async #settle(): Promise<void> {
    const uris = [...this.#touched.values()];
    this.#touched.clear();
    // Anything but a picture is a folder, or irrelevant.
    if (uris.every(kindOf)) await this.#scanFolder(uris);
    else await this.#scanAll();
  }
}
