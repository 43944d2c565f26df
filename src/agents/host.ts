import type { DailyQuota } from './quota.ts';
import type { Region } from '../core/request/models.ts';
import type { OpenInput } from '../core/inputs/content.ts';
import type { Task } from '../core/queue/task.ts';
import type { Ledger } from '../core/queue/store.ts';
import type { PreparedRequest } from '../core/queue/prepare.ts';
import type { CommandOutcome } from '../core/queue/commands.ts';

/** Who is asked and who pays, as it is now. */
export interface Account {
  service: Task['service'];
  region: Region;
}

/** What the person has to do, as it is done here; a sentence in their language. */
export type NextStep = 'session' | 'reload' | 'service' | 'consent' | 'quota' | 'project';

/**
 * Where the tools work: the editor, or an MCP server. Nothing here asks the person anything: an agent may be unattended,
 * and what stands against a request is told to it in words.
 */
export interface AgentHost {
  readonly ledger: Pick<Ledger, 'get' | 'all'>;
  readonly openInput: OpenInput;
  /** Throws Refusal or JimengError with what has to be done first. */
  account(): Promise<Account>;
  /** The project's folders on local disks, absolute; a relative path belongs to the first in which it exists. */
  roots(): Promise<readonly string[]>;
  /** Where results go when no folder is named: a URI. Throws Refusal or JimengError. */
  defaultFolder(): Promise<string>;
  /** Puts a request into the queue; it is on the disk when this resolves. */
  enqueue(request: PreparedRequest): Promise<{ id: string }>;
  /** Resolves when nobody works on it any more, or the wait is given up. */
  finished(id: string, signal: AbortSignal): Promise<unknown>;
  /** Cancels what costs nothing to cancel. Throws JimengError. */
  cancel(id: string): Promise<CommandOutcome>;
  /**
   * Begins to fetch what is missing of a task's pictures; `tooLate` where nothing is, or somebody works on it.
   * @param folder a URI; undefined: the task's own
   */
  fetchMissing(id: string, folder: string | undefined): Promise<CommandOutcome>;
  /** Whether somebody works on a task that is not final, so that it goes on by itself. */
  isWorkedOn(task: Task): Promise<boolean>;
  /** What holds a waiting task back, other than the tasks before it, and what the person can do about it. */
  pauseReason(task: Task): Promise<string | undefined>;
  /** How many generations a day agents may ask for. */
  readonly dailyLimit: number;
  /** Counts the generations of a day, over all of this user's windows and servers. */
  readonly quota: DailyQuota;
  nextStep(what: NextStep): string;
  /** A text without any session ID that this host knows. */
  redact(text: string): Promise<string>;
}
