import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from './files.ts';

/** A process, as other processes on this machine can tell whether it still runs. */
export interface ProcessName {
  host: string;
  pid: number;
}

/**
 * This process. A pid means something in one system, and on Linux in one PID namespace, only; Linux inside of Windows bears
 * the name of the Windows around it.
 */
export const THIS_PROCESS: ProcessName = {
  host: [hostname(), process.platform, pidNamespace()].filter(part => part !== '').join(' '),
  pid: process.pid,
};

/** Whether a process still runs; undefined for one of another system, of which nothing can be told from here. */
export function isAlive({ host, pid }: ProcessName): boolean | undefined {
  if (host !== THIS_PROCESS.host) return undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH'; // EPERM: it runs, as another user's
  }
}

/** Containers may share a host name and a folder, but not their pids. */
function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
