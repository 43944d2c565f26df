import { watch } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './files.ts';

/** The interval for polling a folder that the system does not watch. */
const POLL_MS = 2_000;

/**
 * Calls back with the name of each file that is written or removed in a folder, until the returned function is called. If
 * the system has no watches left (`ENOSPC`, `EMFILE`), immediately or later, the folder is polled every 2 s instead.
 * Throws the system's error if there is no such folder.
 * @param onPolling called with the reason when the folder is no longer watched by the system
 */
export function watchFolder(
  folder: string,
  onChange: (name: string) => void,
  onPolling: (error: unknown) => void,
): () => void {
  let stop: () => void;
  const poll = (error: unknown) => {
    onPolling(error);
    stop = pollFolder(folder, onChange);
  };
  try {
    const watcher = watch(folder, (_event, name) => {
      if (name !== null) onChange(name);
    });
    stop = () => watcher.close();
    watcher.on('error', error => {
      // Without a listener it would end the process.
      stop();
      poll(error);
    });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw error;
    poll(error);
  }
  return () => stop();
}

/**
 * The first poll reports every file: what happened since the last event, or since the caller read the folder, is unknown.
 */
function pollFolder(folder: string, onChange: (name: string) => void): () => void {
  let seen = new Map<string, string>();
  let polling = false;
  let stopped = false;
  const poll = async () => {
    if (polling) return;
    polling = true;
    try {
      const found = await statesIn(folder);
      const names = new Set([...seen.keys(), ...found.keys()]);
      const changed = [...names].filter(name => seen.get(name) !== found.get(name));
      seen = found;
      for (const name of changed) if (!stopped) onChange(name);
    } finally {
      polling = false;
    }
  };
  const timer = setInterval(() => {
    poll().catch(() => {
      /* the next poll tries again */
    });
  }, POLL_MS).unref();
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}

/** By name; a replaced file is a different one. */
async function statesIn(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder);
  const states = await Promise.all(
    names.map(async (name): Promise<[string, string][]> => {
      const state = await lstat(join(folder, name)).catch(() => undefined); // removed meanwhile
      return state ? [[name, `${state.ino} ${state.mtimeMs}`]] : [];
    }),
  );
  return new Map(states.flat());
}
