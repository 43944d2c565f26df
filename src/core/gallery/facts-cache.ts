import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { makeFolder, replaceFile } from '../system/files.ts';
import { Facts } from './facts.ts';

/** What differs once a file has changed: its size in bytes, and when it was written, in ms since 1970. */
export interface FileState {
  bytes: number;
  modified: number;
}

const Entry = z.object({ bytes: z.number(), modified: z.number(), facts: Facts });

/** The first line of the file, which names its layout: another one is not read. A line for each name follows, with a tab before the JSON. */
const heading = 'jimeng facts 2';

/**
 * What was read of a folder's files, by names without line breaks and tabs, so that they are not opened again. Only a
 * cache: a broken one is empty, and of two windows that write it the later one wins.
 */
export class FactsCache {
  readonly #path: string;
  /** JSON: each is read and written when it is needed, since thousands at once would hold up the editor. */
  readonly #entries = new Map<string, string>();
  #changed = false;

  constructor(path: string) {
    this.#path = path;
  }

  async load(): Promise<void> {
    const [first, ...lines] = (await readFile(this.#path, 'utf8').catch(() => '')).split('\n');
    if (first !== heading) return;
    for (const line of lines) {
      const [name = '', json = ''] = line.split('\t');
      this.#entries.set(name, json);
    }
  }

  get(name: string, { bytes, modified }: FileState): Facts | undefined {
    const entry = this.#entries.get(name);
    const data = entry === undefined ? undefined : parse(entry);
    return data?.bytes === bytes && data.modified === modified ? data.facts : undefined;
  }

  set(name: string, { bytes, modified }: FileState, facts: Facts): void {
    this.#entries.set(
      name,
      JSON.stringify({ bytes, modified, facts } satisfies z.infer<typeof Entry>),
    );
    this.#changed = true;
  }

  /** Forgets what is not among these names, and writes what has changed. Throws the system's error. */
  async save(names: ReadonlySet<string>): Promise<void> {
    for (const name of this.#entries.keys())
      if (!names.has(name)) this.#changed = this.#entries.delete(name);

    if (!this.#changed) return;
    this.#changed = false;
    await makeFolder(dirname(this.#path));
    await replaceFile(
      this.#path,
      [heading, ...[...this.#entries].map(entry => entry.join('\t'))].join('\n'),
      { sync: false },
    );
  }
}

/** Undefined for what another version wrote, or what is cut off. */
function parse(json: string): z.infer<typeof Entry> | undefined {
  try {
    return Entry.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}
