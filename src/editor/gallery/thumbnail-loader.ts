import * as vscode from 'vscode';
import type { ToPage } from '../../core/gallery/protocol.ts';
import type { Thumbnails } from '../../core/gallery/thumbnails.ts';
import { JimengError } from '../../core/service/failures/failures.ts';
import { thumbnailOf } from '../platform/picture-file.ts';
import type { PictureFile } from './picture-folder.ts';

type Loaded = Extract<ToPage, { type: 'thumbnails' }>['of'][number];

/** Cached ones take no time; new ones wait for the two workers. */
const MAX_CONCURRENT = 8;
/** Thumbnails ready within this time share a message. */
const BATCH_MS = 16;

/** Loads the thumbnails that the page requests, most wanted first. */
export class ThumbnailLoader implements vscode.Disposable {
  readonly #thumbnails: Thumbnails;
  readonly #file: (id: string) => PictureFile | undefined;
  readonly #addressOf: (path: string) => string;
  readonly #send: (of: Loaded[]) => void;
  readonly #working = new Set<string>();
  readonly #closing = new AbortController();
  #wanted: string[] = [];
  #loaded: Loaded[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    thumbnails: Thumbnails,
    file: (id: string) => PictureFile | undefined,
    addressOf: (path: string) => string,
    send: (of: Loaded[]) => void,
  ) {
    this.#thumbnails = thumbnails;
    this.#file = file;
    this.#addressOf = addressOf;
    this.#send = send;
  }

  /** Drops earlier requests that are not being loaded yet. */
  want(ids: readonly string[]): void {
    this.#wanted = ids.filter(id => !this.#working.has(id));
    this.#next();
  }

  dispose(): void {
    this.#closing.abort();
    this.#wanted = [];
    clearTimeout(this.#timer);
  }

  #next(): void {
    while (this.#working.size < MAX_CONCURRENT) {
      const id = this.#wanted.shift();
      if (id === undefined) return;
      const file = this.#file(id);
      if (file?.kind === 'picture')
        this.#get(file).catch(() => {
          /* the page gets the problem */
        });
    }
  }

  async #get(file: PictureFile): Promise<void> {
    const { id, uri } = file;
    this.#working.add(id);
    let loaded: Loaded;
    try {
      const path = await thumbnailOf(uri, file, this.#thumbnails, this.#closing.signal);
      loaded = { id, address: this.#addressOf(path) };
    } catch (error) {
      loaded = { id, problem: problemOf(error) };
    }
    this.#working.delete(id);
    if (this.#closing.signal.aborted) return;
    if (this.#file(id) === file) this.#add(loaded);
    else this.#wanted.unshift(id); // it has changed meanwhile
    this.#next();
  }

  #add(loaded: Loaded): void {
    this.#loaded.push(loaded);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#send(this.#loaded.splice(0));
    }, BATCH_MS);
  }
}

function problemOf(error: unknown): string {
  switch (error instanceof JimengError ? error.failure.kind : undefined) {
    case 'pictureDamaged':
    case 'notAPicture':
      return vscode.l10n.t('The file is damaged or is not a picture.');
    case 'pictureTooLarge':
      return vscode.l10n.t('The picture is too large to show here.');
    case 'pictureUnsupported':
      return vscode.l10n.t('Pictures of this type cannot be shown here.');
    default:
      return vscode.l10n.t('The file cannot be read.');
  }
}
