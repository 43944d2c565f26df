import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { ignoreMissing, replaceFile } from '../files.ts';
import { JimengError } from '../service/failures.ts';
import { Failure } from '../task.ts';

const id = z.string();

/** What a person wants done with tasks, in whichever window they said so. */
export const Wish = z.discriminatedUnion('wish', [
  z.object({ wish: z.literal('cancel'), id }),
  z.object({ wish: z.literal('cancelWaiting') }),
  z.object({ wish: z.literal('stopWatching'), id }),
  z.object({ wish: z.literal('watchAgain'), id }),
  /** In a folder (a URI) other than the task's own all pictures are missing. */
  z.object({ wish: z.literal('fetchMissing'), id, folder: z.optional(z.string()) }),
  /** A task of the service was recognized as this uncertain one. */
  z.object({ wish: z.literal('adopt'), id, serviceTaskId: z.string() }),
  z.object({ wish: z.literal('pause') }),
  z.object({ wish: z.literal('resume') }),
]);
export type Wish = z.infer<typeof Wish>;

/** What became of a wish: done, or too late to be. */
export type Outcome = 'done' | 'tooLate';

const Answer = z.union([z.object({ outcome: z.enum(['done', 'tooLate']) }), z.object({ failure: Failure })]);

/** How long a wish is waited for before it is given up; in ms. A window that died is followed sooner. */
const patience = 20_000;

/** Wishes as files, so that any window may have them, and the one that works on the tasks grants them. */
export class Wishes {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Resolves when a window has granted it. Throws JimengError with what stood against it. */
  async make(wish: Wish, wake: () => void): Promise<Outcome> {
    const name = `${Date.now()}-${randomUUID()}`;
    await mkdir(this.#folder, { recursive: true });
    await replaceFile(this.#path(name, 'wish'), JSON.stringify(wish));
    wake();
    for (const end = Date.now() + patience; Date.now() < end;) {
      await delay(25);
      const answer = await this.#read(name, 'answer', Answer);
      if (!answer) { continue; }
      await rm(this.#path(name, 'answer'), { force: true });
      if ('failure' in answer) { throw new JimengError(answer.failure); }
      return answer.outcome;
    }
    await rm(this.#path(name, 'wish'), { force: true });
    throw new JimengError({ kind: 'unexpected', detail: 'no window answered' });
  }

  /** Whether there is one that nobody has granted yet. */
  async any(): Promise<boolean> {
    return (await this.#names()).length > 0;
  }

  /** Grants what is there, oldest first. */
  async grant(how: (wish: Wish) => Promise<Outcome>): Promise<void> {
    for (const name of await this.#names()) {
      const wish = await this.#read(name, 'wish', Wish);
      const answer = wish ? await granted(wish, how) : { outcome: 'tooLate' };
      await replaceFile(this.#path(name, 'answer'), JSON.stringify(answer));
      await rm(this.#path(name, 'wish'), { force: true });
    }
  }

  async #names(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(ignoreMissing) ?? [];
    return names.filter(name => /^[^.].*\.wish\.json$/.test(name)).map(name => name.slice(0, -'.wish.json'.length)).sort();
  }

  async #read<T extends z.core.$ZodType>(name: string, kind: 'wish' | 'answer', schema: T): Promise<z.output<T> | undefined> {
    const text = await readFile(this.#path(name, kind), 'utf8').catch(ignoreMissing);
    return text === undefined ? undefined : z.parse(schema, JSON.parse(text));
  }

  #path(name: string, kind: 'wish' | 'answer'): string {
    return join(this.#folder, `${name}.${kind}.json`);
  }
}

async function granted(wish: Wish, how: (wish: Wish) => Promise<Outcome>): Promise<z.infer<typeof Answer>> {
  try {
    return { outcome: await how(wish) };
  } catch (error) {
    if (error instanceof JimengError) { return { failure: error.failure }; }
    return { failure: { kind: 'unexpected', detail: error instanceof Error ? error.message : String(error) } };
  }
}
