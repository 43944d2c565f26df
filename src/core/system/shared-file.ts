import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { makeFolder, replaceFile } from './files.ts';
import { withLock } from './lock.ts';
import { readOwnFile } from './own-file.ts';

/** A small JSON file in a folder that windows and processes share. Damaged content counts as none. */
export class SharedFile<T extends z.core.$ZodType> {
  readonly #path: string;
  readonly #schema: T;

  /** @param path on a local disk; its folder is made with the first update. */
  constructor(path: string, schema: T) {
    this.#path = path;
    this.#schema = schema;
  }

  /** What it holds; undefined where there is no file or a damaged one. Throws the system's error where it cannot be read. */
  async read(): Promise<z.output<T> | undefined> {
    const text = await readOwnFile(this.#path);
    try {
      return text === undefined ? undefined : z.parse(this.#schema, JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  /**
   * Replaces what it holds by what is made of it, alone: no update of another window or process is lost. The same value
   * again is not written. Throws JimengError (`unexpected`) where the lock cannot be had in 15 s, and the system's error.
   * @returns what it holds now
   */
  async update(change: (current: z.output<T> | undefined) => z.output<T>): Promise<z.output<T>> {
    await makeFolder(dirname(this.#path));
    return withLock(this.#path, async lost => {
      const current = await this.read();
      const next = change(current);
      lost.throwIfAborted();
      if (next !== current) await replaceFile(this.#path, JSON.stringify(next));
      return next;
    });
  }
}
