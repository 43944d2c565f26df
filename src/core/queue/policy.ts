import type { Log } from '../service/client.ts';
import type { Failure } from '../service/failures/table.ts';
import type { Executor } from './execute/execute.ts';
import type { SendOptions } from './execute/send.ts';
import type { Ledger } from './store.ts';
import type { OpenTask, WaitingTask } from './task.ts';

/** How the editor, an MCP server and a command of the terminal differ in what they do with the same queue. */
export interface QueuePolicy {
  /**
   * `queue`: one lease for all tasks; the process that holds it works on all of them and handles the commands of the
   * others. `task`: a lease for each task; a process works on what it added and on what it takes up.
   */
  lease: 'queue' | 'task';
  /** Whether a task that another process left is resumed unasked; asked once for each. */
  resumes: (task: OpenTask) => boolean;
  /**
   * A task that cannot be sent now, as its service is away, its session is refused or the disk is full: `wait` for that
   * to pass, or `end` it with the reason. One that waits and whose process is gone is sent, or cancelled.
   */
  ifHeldUp: 'wait' | 'end';
  limits: () => {
    /** How many tasks are at the service at once. */
    concurrency: number;
    /** In ms; a task that takes longer gives its place to another one. */
    slowAfter: number;
  };
}

export interface QueueOptions {
  ledger: Ledger;
  executor: Executor;
  /** On a local disk that all processes of this queue share. */
  folder: string;
  policy: QueuePolicy;
  /** Who pays for a waiting task now; `failure`: nobody ever will; undefined: nobody yet, as without a session. */
  resolveAccount: (task: WaitingTask) => Promise<SendOptions | { failure: Failure } | undefined>;
  log: Log;
  /** In ms. */
  tickMs?: number;
}
