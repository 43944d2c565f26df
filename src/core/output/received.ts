import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreMissing, retryBusy } from '../system/files.ts';
import type { Log } from '../service/client.ts';

/** A result that came inline, `TASK-INDEX`, or a video on its way, `TASK-INDEX.part`. */
const receivedName = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-\d{1,4}(?:\.part)?$/;
const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Removes what a crash left of results that nobody needs any more, once it is a day old. Only regular files with names of
 * our own are touched, one by one. What cannot be removed is logged and left.
 * @param isNeeded whether a task may still want its files
 */
export async function pruneReceived(
  folder: string,
  isNeeded: (taskId: string) => Promise<boolean>,
  log: Log,
  now = Date.now(),
): Promise<void> {
  for (const name of (await readdir(folder).catch(ignoreMissing)) ?? []) {
    const taskId = receivedName.exec(name)?.[1];
    if (taskId === undefined) continue;
    try {
      const path = join(folder, name);
      const state = await lstat(path);
      if (!state.isFile() || now - state.mtimeMs < DAY_MS || (await isNeeded(taskId))) continue;
      await retryBusy(() => rm(path, { force: true }));
    } catch (error) {
      log.warn(`received/${name}: ${String(error)}`);
    }
  }
}
