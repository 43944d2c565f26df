import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from './files.ts';

/** Identifies a process so that other processes on this machine can tell whether it is still running. */
export interface ProcessName {
  host: string;
  pid: number;
}

/**
 * This process. A pid is only valid within one system, and on Linux within one PID namespace; WSL has the host name of
 * its Windows.
 */
export const THIS_PROCESS: ProcessName = {
  host: [hostname(), process.platform, pidNamespace()].filter(part => part !== '').join(' '),
  pid: process.pid,
};

/** Whether a process is still running; undefined for one of another system, about which nothing is known here. */
export function isAlive({ host, pid }: ProcessName): boolean | undefined {
  if (host !== THIS_PROCESS.host) return undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH'; // EPERM: it is running, as another user
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
