import { isFinal } from './transitions.ts';
import type { FinalTask, Task } from './task.ts';
import type { Ledger } from './store.ts';

/**
 * Resolves when nobody works on the task any more; in another process only where the ledger is followed. Undefined where
 * it is removed meanwhile, or the wait is given up.
 */
export async function whenDone(
  ledger: Ledger,
  id: string,
  signal?: AbortSignal,
): Promise<FinalTask | undefined> {
  const { promise, resolve } = Promise.withResolvers<FinalTask | undefined>();
  const offer = (task: Task | undefined) => {
    if (task?.id === id && isFinal(task)) resolve(task);
  };
  const stops = [
    ledger.onDidChange(offer),
    ledger.onDidRemove(removed => {
      if (removed === id) resolve(undefined);
    }),
  ];
  signal?.addEventListener('abort', () => resolve(undefined));
  if (signal?.aborted) resolve(undefined);
  offer(await ledger.get(id));
  return promise.finally(() => {
    for (const stop of stops) stop();
  });
}
