import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { replaceFile } from '../files.ts';
import { Facts } from './facts.ts';

/** What tells a file from a changed one: its size in bytes, and when it was written, in ms since 1970. */
export interface FileState { bytes: number; modified: number }

const Entry = z.object({ bytes: z.number(), modified: z.number(), facts: Facts });

/** The layout of the file; another one is not read. */
const format = 1;

/**
 * What was read of a folder's files, so that they are not opened again. Only a cache: a broken one is empty, and of two
 * windows that write it the later one wins.
 */
export class FactsCache {
  readonly #path: string;
  /** As they came from the file: each is looked at when it is asked for, not thousands at once. */
  #entries = new Map<string, unknown>();
  #changed = false;

  constructor(path: string) {
    this.#path = path;
  }

  async load(): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    try {
      const read = JSON.parse(text) as { format?: unknown; files?: object };
      if (read.format === format) { this.#entries = new Map(Object.entries(read.files ?? {})); }
    } catch {
      // Empty, or cut off.
    }
  }

  get(name: string, { bytes, modified }: FileState): Facts | undefined {
    const { data } = Entry.safeParse(this.#entries.get(name));
    return data?.bytes === bytes && data.modified === modified ? data.facts : undefined;
  }

  set(name: string, { bytes, modified }: FileState, facts: Facts): void {
    this.#entries.set(name, { bytes, modified, facts });
    this.#changed = true;
  }

  /** Forgets what is not among these names, and writes what has changed. Throws the system's error. */
  async save(names: ReadonlySet<string>): Promise<void> {
    for (const name of this.#entries.keys()) {
      if (!names.has(name)) { this.#changed = this.#entries.delete(name); }
    }
    if (!this.#changed) { return; }
    this.#changed = false;
    await mkdir(dirname(this.#path), { recursive: true });
    await replaceFile(this.#path, JSON.stringify({ format, files: Object.fromEntries(this.#entries) }), { sync: false });
  }
}
