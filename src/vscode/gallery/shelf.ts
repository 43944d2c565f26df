import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { FactsCache } from '../../core/gallery/facts-cache.ts';
import type { GalleryFile } from '../../core/gallery/groups.ts';
import { Disposables } from '../disposables.ts';
import { holdingFolder, homeOf, kindOf } from './places.ts';
import { factsOf, forEach, stateOf, walk } from './disk.ts';

/** A file as the disk tells it: what the gallery adds is not there yet. */
export type ShelfFile = Pick<GalleryFile, 'id' | 'name' | 'home' | 'kind' | 'bytes' | 'modified' | 'facts'> & { uri: vscode.Uri; folder: vscode.Uri };

export interface ShelfChange {
  changed: ShelfFile[];
  /** Ids. */
  gone: string[];
  /** So many files are not looked into yet. */
  reading: number;
}

/** Those in sight first: they are looked into before anything is shown, if they were never seen. */
const firstScreen = 40;
const batch = 200;
/** Files that are looked at together. */
const atOnce = 16;
/** A saving makes several changes; in ms. */
const settled = 150;

/** The files of a folder, from the first look on and as they come and go. */
export class Shelf implements vscode.Disposable {
  readonly folder: vscode.Uri;
  readonly #cache: FactsCache;
  readonly #changed = new vscode.EventEmitter<ShelfChange>();
  readonly onDidChange = this.#changed.event;
  readonly #owned = new Disposables();
  readonly #files = new Map<string, ShelfFile>();
  readonly #touched = new Map<string, vscode.Uri>();
  #lastLook: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;

  /** @param storage a folder of the extension's own, for what was read */
  constructor(folder: vscode.Uri, storage: vscode.Uri) {
    this.folder = folder;
    this.#cache = new FactsCache(join(storage.fsPath, `${createHash('sha256').update(folder.toString()).digest('hex').slice(0, 16)}.json`));
    this.#owned.add(this.#changed);
    const watcher = this.#owned.add(vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '**')));
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) { this.#owned.add(event(uri => this.#touch(uri))); }
  }

  /** Looks at everything; returns when all is told. */
  async open(): Promise<void> {
    await this.#inTurn(() => this.#cache.load());
    await this.#lookAtAll();
  }

  /** Looks at these files now, and tells how they are: they were moved, or there is more to know of them. */
  async refresh(uris: Iterable<vscode.Uri>): Promise<void> {
    await this.#inTurn(async () => {
      const { found, gone } = await this.#lookAt(uris);
      await this.#readAll(found);
      this.#tell(found, gone);
    });
    await this.#save();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#owned.dispose();
  }

  /** An older look at a file must not be told after a newer one. */
  #inTurn(look: () => Promise<void>): Promise<void> {
    const looked = this.#lastLook.then(look);
    this.#lastLook = looked.catch(() => { /* whoever asked for it is told */ });
    return looked;
  }

  async #lookAtAll(): Promise<void> {
    let unread: ShelfFile[] = [];
    await this.#inTurn(async () => {
      const { found, gone } = await this.#lookAt(await walk(this.folder));
      const ids = new Set(found.map(({ id }) => id));
      for (const id of this.#files.keys()) {
        if (!ids.has(id)) { this.#files.delete(id); gone.push(id); }
      }
      found.sort((a, b) => b.modified - a.modified);
      await this.#tellNews(found, found.slice(0, firstScreen), gone);
      unread = found.filter(({ facts }) => !facts);
    });
    // A decision of the person comes between two of these.
    for (let at = 0; at < unread.length && !this.#disposed; at += batch) {
      await this.#inTurn(async () => {
        const files = unread.slice(at, at + batch).filter(file => this.#files.get(file.id) === file); // not moved meanwhile
        await this.#tellNews(files, files, []);
      });
    }
    await this.#save();
  }

  async #lookAt(uris: Iterable<vscode.Uri>): Promise<{ found: ShelfFile[]; gone: string[] }> {
    const found: ShelfFile[] = [];
    const gone: string[] = [];
    await forEach(uris, atOnce, async uri => {
      const file = await this.#look(uri);
      if (file) { found.push(file); } else if (this.#files.delete(uri.toString())) { gone.push(uri.toString()); }
    });
    return { found, gone };
  }

  /** Undefined where nothing is, or nothing that is shown. */
  async #look(uri: vscode.Uri): Promise<ShelfFile | undefined> {
    const kind = kindOf(uri);
    const state = kind && await stateOf(uri);
    if (!state) { return undefined; }
    const [id, home] = [uri.toString(), homeOf(uri).toString()];
    const known = this.#files.get(id);
    if (known?.bytes === state.bytes && known.modified === state.modified) { return known; } // perhaps about to be looked into
    const facts = kind === 'video' ? {} : this.#cache.get(id, state);
    return { id, uri, folder: this.folder, name: uri.path.split('/').at(-1) ?? '', home, kind, ...state, ...facts && { facts } };
  }

  /** Returns those that were not looked into before. */
  async #readAll(files: readonly ShelfFile[]): Promise<Set<ShelfFile>> {
    const read = new Set<ShelfFile>();
    await forEach(files, atOnce, async file => {
      if (file.facts || this.#disposed) { return; }
      file.facts = await factsOf(file.uri).catch(() => ({})); // it went away, or cannot be read
      this.#cache.set(file.id, file, file.facts);
      read.add(file);
    });
    return read;
  }

  /** Looks into these, and tells of the found ones what was not told before: the editor's word of a file often comes after our own look. */
  async #tellNews(found: readonly ShelfFile[], into: readonly ShelfFile[], gone: string[]): Promise<void> {
    const read = await this.#readAll(into);
    const news = found.filter(file => read.has(file) || this.#files.get(file.id) !== file);
    if (news.length > 0 || gone.length > 0) { this.#tell(news, gone); }
  }

  #tell(changed: ShelfFile[], gone: string[]): void {
    if (this.#disposed) { return; }
    for (const file of changed) { this.#files.set(file.id, file); }
    this.#changed.fire({ changed, gone, reading: [...this.#files.values()].filter(({ facts }) => !facts).length });
  }

  async #save(): Promise<void> {
    await this.#cache.save(new Set(this.#files.keys())).catch(() => { /* a cache: it is read again next time */ });
  }

  #touch(uri: vscode.Uri): void {
    const parts = uri.path.slice(this.folder.path.length).split('/');
    if (parts.some(part => part.startsWith('.') && part !== holdingFolder)) { return; } // pictures that are being saved
    this.#touched.set(uri.toString(), uri);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#settle(), settled);
  }

  async #settle(): Promise<void> {
    const uris = [...this.#touched.values()];
    this.#touched.clear();
    // What is no picture is a folder, or concerns nobody.
    if (!uris.every(kindOf)) {
      await this.#lookAtAll();
      return;
    }
    await this.#inTurn(async () => {
      const { found, gone } = await this.#lookAt(uris);
      await this.#tellNews(found, found, gone);
    });
    await this.#save();
  }
}
