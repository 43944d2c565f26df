import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { ignoreMissing, makeFolder, replaceFile, retryBusy, readOwnFile } from '../system/files.ts';
import type { Log } from '../service/client.ts';
import { JimengError } from '../service/failures/failures.ts';
import { Failure } from '../service/failures/table.ts';

const id = z.string();

/** What a person wants done with tasks, in whichever window they said so. */
export const Command = z.discriminatedUnion('type', [
  z.object({ type: z.literal('cancel'), id }),
  z.object({ type: z.literal('cancelWaiting') }),
  z.object({ type: z.literal('stopWatching'), id }),
  z.object({ type: z.literal('watchAgain'), id }),
  /** In a folder (a URI) other than the task's own all pictures are missing. */
  z.object({ type: z.literal('fetchMissing'), id, folder: z.optional(z.string()) }),
  /** A task of the service was recognized as this uncertain one. */
  z.object({ type: z.literal('adopt'), id, serviceTaskId: z.string() }),
  z.object({ type: z.literal('pause') }),
  z.object({ type: z.literal('resume') }),
]);
export type Command = z.infer<typeof Command>;

/** What became of a command: done, or too late to be. */
export type CommandOutcome = 'done' | 'tooLate';

const Answer = z.union([
  z.object({ outcome: z.enum(['done', 'tooLate']) }),
  z.object({ failure: Failure }),
]);

/** What cannot be read is of another version, as while an update waits for a restart. */
const otherVersion: Failure = { kind: 'otherVersion' };

/** How long an answer is waited for; in ms. The lease of a window that died is taken over sooner. */
const ANSWER_TIMEOUT_MS = 20_000;

/**
 * Commands and their answers as files, so that any window can give one and the window with the lease handles it.
 *
 * Not a socket: who gives a command does not know which window leads, the leader may be killed between a command and its
 * answer, and a successor has to find what was not handled. A file stays for it; with a socket the caller would have to
 * find the new leader and repeat the command, and need files for that again.
 */
export class Commands {
  readonly #folder: string;
  readonly #log: Log;
  /** Handled, and still on a disk that lets nothing be removed. */
  readonly #handled = new Set<string>();

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /**
   * Resolves when a window has handled it. Throws JimengError with what stood against it, also where the answer is of
   * another version, and the system's error where it cannot be written.
   */
  async send(command: Command, wake: () => void): Promise<CommandOutcome> {
    const name = `${Date.now()}-${randomUUID()}`;
    await makeFolder(this.#folder);
    await replaceFile(this.#path(name, 'command'), JSON.stringify(command));
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
    await this.#drop(name, 'command');
    throw new JimengError({ kind: 'unexpected', detail: 'no window answered' });
  }

  /** Whether there is one that nobody has handled yet. */
  async hasAny(): Promise<boolean> {
    return (await this.#names()).length > 0;
  }

  /** Handles what is there, oldest first. What cannot be read, answered or removed stands in nobody's way. */
  async handleAll(how: (command: Command) => Promise<CommandOutcome>): Promise<void> {
    for (const name of await this.#names()) {
      try {
        this.#handled.add(name);
        await replaceFile(
          this.#path(name, 'answer'),
          JSON.stringify(await this.#answer(name, how)),
        );
      } catch (error) {
        this.#log.warn(`${name}: ${String(error)}`); // the one who asked hears that nobody answered
      }
      await this.#drop(name, 'command');
    }
  }

  async #answer(
    name: string,
    how: (command: Command) => Promise<CommandOutcome>,
  ): Promise<z.infer<typeof Answer>> {
    try {
      const command = await this.#read(name, 'command', Command);
      if (command === 'unreadable') return { failure: otherVersion };
      return { outcome: command ? await how(command) : 'tooLate' };
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

  async #drop(name: string, kind: 'command' | 'answer'): Promise<void> {
    try {
      await retryBusy(() => rm(this.#path(name, kind), { force: true }));
      this.#handled.delete(name);
    } catch (error) {
      this.#log.warn(`${name}: ${String(error)}`);
    }
  }

  /** A folder is no command, whatever its name. */
  async #names(): Promise<string[]> {
    const entries =
      (await readdir(this.#folder, { withFileTypes: true }).catch(ignoreMissing)) ?? [];
    const names = entries
      .filter(entry => !entry.isDirectory() && /^[^.].*\.command\.json$/.test(entry.name))
      .map(({ name }) => name.slice(0, -'.command.json'.length));
    return names.filter(name => !this.#handled.has(name)).sort();
  }

  async #read<T extends z.core.$ZodType>(
    name: string,
    kind: 'command' | 'answer',
    schema: T,
  ): Promise<z.output<T> | 'unreadable' | undefined> {
    const text = await readOwnFile(this.#path(name, kind));
    try {
      return text === undefined ? undefined : z.parse(schema, JSON.parse(text));
    } catch {
      return 'unreadable';
    }
  }

  #path(name: string, kind: 'command' | 'answer'): string {
    return join(this.#folder, `${name}.${kind}.json`);
  }
}
