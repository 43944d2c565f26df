import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { makeFolder, replaceFile } from '../system/files.ts';
import { Facts } from './facts.ts';

/** What differs after a file has changed: its size in bytes, and its modification time in ms since 1970. */
export interface FileState {
  bytes: number;
  modified: number;
}

const Entry = z.object({ bytes: z.number(), modified: z.number(), facts: Facts });

/**
 * The first line names the file's layout; a file with another one is not read. Each further line is a name, a tab and
 * JSON.
 */
const heading = 'jimeng facts 2';

/**
 * What was read from a folder's files, by their names (without line breaks and tabs), so that they are not opened again.
 * It is only a cache: a broken one counts as empty, and of two windows that write it the later one wins.
 */
export class FactsCache {
  readonly #path: string;
  /** JSON, parsed and written on demand: thousands at once would block the editor. */
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

  /** Forgets everything except these names, and writes the changes. Throws the system's error. */
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

/** Undefined for entries of another version or cut-off lines. */
function parse(json: string): z.infer<typeof Entry> | undefined {
  try {
    return Entry.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}
