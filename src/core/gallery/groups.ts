import { chosenTexts } from '../request/option-values.ts';
import type { Facts } from './facts.ts';
import type { GalleryGroup, GalleryItem } from './protocol.ts';

/** A file of the gallery's folders, with what is known of it. */
export interface GalleryFile extends Omit<GalleryItem, 'size' | 'variation' | 'remembers'> {
  /** Missing until the file is read. */
  facts?: Facts;
  /** What the ledger knows of the task that made it. */
  task?: { id: string; prompt: string; model: string; demo: boolean };
}

/** Our own names: `jimeng_YYYYMMDD_HHMMSS_N`, one stem for the results of a task. */
const ownName = /^(.*\/jimeng_\d{8}_\d{6})_(\d+)\.\w+$/;

/** Files that came from one request belong together, under whatever names; else those of one stem do. */
export function keyOf({ id, facts, task }: Pick<GalleryFile, 'id' | 'facts' | 'task'>): string {
  const settings = facts?.settings;
  if (settings)
    return `${settings.time} ${settings.request.model ?? ''} ${settings.request.prompt ?? ''}`;
  return task?.id ?? ownName.exec(id)?.[1] ?? id;
}

/** The files of the gallery in their groups; an update returns the groups that it touched. */
export class Groups {
  readonly #files = new Map<string, GalleryFile>();
  readonly #groups = new Map<string, Set<string>>();

  /** @param gone ids of files that are no more. */
  update(
    changed: readonly GalleryFile[],
    gone: readonly string[],
  ): { changed: GalleryGroup[]; gone: string[] } {
    const touched = new Set<string>();
    for (const id of gone) this.#remove(id, touched);
    for (const file of changed) {
      this.#remove(file.id, touched);
      const key = keyOf(file);
      this.#files.set(file.id, file);
      this.#groups.set(key, (this.#groups.get(key) ?? new Set()).add(file.id));
      touched.add(key);
    }
    return {
      changed: [...touched].flatMap(key => this.#groupOf(key) ?? []),
      gone: [...touched].filter(key => !this.#groups.has(key)),
    };
  }

  file(id: string): GalleryFile | undefined {
    return this.#files.get(id);
  }

  group(key: string): GalleryGroup | undefined {
    return this.#groupOf(key);
  }

  #remove(id: string, touched: Set<string>): void {
    const file = this.#files.get(id);
    if (!file) return;
    const key = keyOf(file);
    touched.add(key);
    this.#files.delete(id);
    const ids = this.#groups.get(key);
    ids?.delete(id);
    if (ids?.size === 0) this.#groups.delete(key);
  }

  #groupOf(key: string): GalleryGroup | undefined {
    const files = [...(this.#groups.get(key) ?? [])].flatMap(id => this.#files.get(id) ?? []);
    const order = (file: GalleryFile) => variationOf(file) ?? Infinity;
    files.sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name));
    if (files.length === 0) return undefined;
    const settings = files.find(({ facts }) => facts?.settings)?.facts?.settings;
    const task = files.find(file => file.task)?.task;
    const prompt = settings?.request.prompt ?? task?.prompt;
    const model = settings?.request.model ?? task?.model;
    const options = settings ? chosenTexts('image', settings.request) : [];
    return {
      key,
      time: Math.max(...files.map(({ modified }) => modified)),
      ...(prompt !== undefined && { prompt }),
      ...(model !== undefined && model !== '' && { model }),
      options: options
        .filter(({ name }) => name !== 'model')
        .map(({ label, value, words }) => ({ label: label(), value, ...(words && { words }) })),
      demo: settings?.service.demo ?? task?.demo ?? false,
      items: files.map(itemOf),
    };
  }
}

function variationOf({ id }: GalleryFile): number | undefined {
  const n = ownName.exec(id)?.[2];
  return n === undefined ? undefined : Number(n);
}

function itemOf(file: GalleryFile): GalleryItem {
  const { id, name, path, source, kind, bytes, modified, kept, facts } = file;
  const variation = variationOf(file);
  return {
    id,
    name,
    path,
    source,
    kind,
    bytes,
    modified,
    ...(facts?.size && { size: facts.size }),
    ...(variation !== undefined && { variation }),
    kept,
    remembers: facts?.settings !== undefined,
  };
}
