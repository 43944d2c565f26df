import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { ignoreMissing, makeFolder, replaceFile, retryBusy } from '../system/files.ts';
import { readOwnFile } from '../system/own-file.ts';
import type { Log } from '../service/client.ts';
import { JimengError } from '../service/failures/failures.ts';
import { Failure } from './task.ts';

const id = z.string();

/** What a person wants done with tasks, in whichever window they said so. */
export const Command = z.discriminatedUnion('wish', [
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
export type Command = z.infer<typeof Command>;

/** What became of a wish: done, or too late to be. */
export type CommandOutcome = 'done' | 'tooLate';

const Answer = z.union([
  z.object({ outcome: z.enum(['done', 'tooLate']) }),
  z.object({ failure: Failure }),
]);

/** What cannot be read is of another version, as while an update waits for a restart. */
const otherVersion: Failure = { kind: 'otherVersion' };

/** How long a wish is waited for before it is given up; in ms. A window that died is followed sooner. */
const ANSWER_TIMEOUT_MS = 20_000;

/** Wishes as files, so that any window may have them, and the one that works on the tasks grants them. */
export class Commands {
  readonly #folder: string;
  readonly #log: Log;
  /** Granted, and still on a disk that lets nothing be removed. */
  readonly #granted = new Set<string>();

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /**
   * Resolves when a window has granted it. Throws JimengError with what stood against it, also where the answer is of
   * another version, and the system's error where it cannot be written.
   */
  async send(wish: Command, wake: () => void): Promise<CommandOutcome> {
    const name = `${Date.now()}-${randomUUID()}`;
    await makeFolder(this.#folder);
    await replaceFile(this.#path(name, 'wish'), JSON.stringify(wish));
    wake();
    for (const end = Date.now() + ANSWER_TIMEOUT_MS; Date.now() < end;) {
      await delay(25);
      const answer = await this.#read(name, 'answer', Answer);
      if (!answer) continue;
      await this.#drop(name, 'answer');
      if (answer === 'unreadable') throw new JimengError(otherVersion);
      if ('failure' in answer) throw new JimengError(answer.failure);
      return answer.outcome;
    }
    await this.#drop(name, 'wish');
    throw new JimengError({ kind: 'unexpected', detail: 'no window answered' });
  }

  /** Whether there is one that nobody has granted yet. */
  async hasAny(): Promise<boolean> {
    return (await this.#names()).length > 0;
  }

  /** Grants what is there, oldest first. What cannot be read, answered or removed stands in nobody's way. */
  async handleAll(how: (wish: Command) => Promise<CommandOutcome>): Promise<void> {
    for (const name of await this.#names()) {
      try {
        this.#granted.add(name);
        await replaceFile(
          this.#path(name, 'answer'),
          JSON.stringify(await this.#answer(name, how)),
        );
      } catch (error) {
        this.#log.warn(`${name}: ${String(error)}`); // the one who asked hears that nobody answered
      }
      await this.#drop(name, 'wish');
    }
  }

  async #answer(
    name: string,
    how: (wish: Command) => Promise<CommandOutcome>,
  ): Promise<z.infer<typeof Answer>> {
    try {
      const wish = await this.#read(name, 'wish', Command);
      if (wish === 'unreadable') return { failure: otherVersion };
      return { outcome: wish ? await how(wish) : 'tooLate' };
    } catch (error) {
      if (error instanceof JimengError) return { failure: error.failure };
      return {
        failure: {
          kind: 'unexpected',
          detail: error instanceof Error ? error.message : String(error),
        },
      };
    }
  }

  async #drop(name: string, kind: 'wish' | 'answer'): Promise<void> {
    try {
      await retryBusy(() => rm(this.#path(name, kind), { force: true }));
      this.#granted.delete(name);
    } catch (error) {
      this.#log.warn(`${name}: ${String(error)}`);
    }
  }

  /** A folder is no wish, whatever its name. */
  async #names(): Promise<string[]> {
    const entries =
      (await readdir(this.#folder, { withFileTypes: true }).catch(ignoreMissing)) ?? [];
    const names = entries
      .filter(entry => !entry.isDirectory() && /^[^.].*\.wish\.json$/.test(entry.name))
      .map(({ name }) => name.slice(0, -'.wish.json'.length));
    return names.filter(name => !this.#granted.has(name)).sort();
  }

  async #read<T extends z.core.$ZodType>(
    name: string,
    kind: 'wish' | 'answer',
    schema: T,
  ): Promise<z.output<T> | 'unreadable' | undefined> {
    const text = await readOwnFile(this.#path(name, kind));
    try {
      return text === undefined ? undefined : z.parse(schema, JSON.parse(text));
    } catch {
      return 'unreadable';
    }
  }

  #path(name: string, kind: 'wish' | 'answer'): string {
    return join(this.#folder, `${name}.${kind}.json`);
  }
}
