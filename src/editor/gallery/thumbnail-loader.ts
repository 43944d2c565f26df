import * as vscode from 'vscode';
import type { ToPage } from '../../core/gallery/protocol.ts';
import type { Thumbnails } from '../../core/gallery/thumbnails.ts';
import { JimengError } from '../../core/service/failures/failures.ts';
import type { PictureFile } from './picture-folder.ts';

type Told = Extract<ToPage, { type: 'thumbnails' }>['of'][number];

/** Files that are on the disk already are found in the blink of an eye; those that are made wait for the two workers. */
const MAX_CONCURRENT = 8;
/** What is ready within this time is told in one message; in ms. */
const BATCH_SIZE = 16;

/** Gets the thumbnails that are in sight, the most wanted first. */
export class ThumbnailLoader implements vscode.Disposable {
  readonly #thumbnails: Thumbnails;
  readonly #file: (id: string) => PictureFile | undefined;
  readonly #addressOf: (path: string) => string;
  readonly #tell: (of: Told[]) => void;
  readonly #working = new Set<string>();
  readonly #closing = new AbortController();
  #wanted: string[] = [];
  #told: Told[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    thumbnails: Thumbnails,
    file: (id: string) => PictureFile | undefined,
    addressOf: (path: string) => string,
    tell: (of: Told[]) => void,
  ) {
    this.#thumbnails = thumbnails;
    this.#file = file;
    this.#addressOf = addressOf;
    this.#tell = tell;
  }

  /** Those that were wanted before and are not under way are not made any more. */
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
          /* it tells its problem itself */
        });
    }
  }

  async #get(file: PictureFile): Promise<void> {
    const { id, uri } = file;
    this.#working.add(id);
    let told: Told;
    try {
      const path = await this.#thumbnails.get(
        {
          ...file,
          source: async () =>
            uri.scheme === 'file' ? uri.fsPath : vscode.workspace.fs.readFile(uri),
        },
        this.#closing.signal,
      );
      told = { id, address: this.#addressOf(path) };
    } catch (error) {
      told = { id, problem: problemOf(error) };
    }
    this.#working.delete(id);
    if (this.#closing.signal.aborted) return;
    if (this.#file(id) === file) this.#add(told);
    else this.#wanted.unshift(id); // it has changed meanwhile
    this.#next();
  }

  #add(told: Told): void {
    this.#told.push(told);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell(this.#told.splice(0));
    }, BATCH_SIZE);
  }
}

function problemOf(error: unknown): string {
  switch (error instanceof JimengError ? error.failure.kind : undefined) {
    case 'pictureDamaged':
    case 'notAPicture':
      return vscode.l10n.t('The file is damaged, or no picture.');
    case 'pictureTooLarge':
      return vscode.l10n.t('The picture is too large to be shown here.');
    case 'pictureUnsupported':
      return vscode.l10n.t('A picture of this kind cannot be shown here.');
    default:
      return vscode.l10n.t('The file cannot be read.');
  }
}
