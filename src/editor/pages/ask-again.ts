import { isFinal } from '../../core/queue/transitions.ts';
import { setAwaited } from './awaited-targets.ts';
import { inBackground } from '../platform/background.ts';
import type { Deps } from '../platform/deps.ts';
import { tellFinished } from '../tasks/notify-finished.ts';
import { awaitsChoice } from './target.ts';

/** Asks for the choices that were left open before a reload. */
export async function askAgain({
  services: { ledger },
  workspaceMemory,
  log,
}: Deps): Promise<void> {
  const tasks = await ledger.all();
  const open = tasks.filter(isFinal).filter(awaitsChoice);
  for (const task of open) inBackground(tellFinished(task), log);
  const more = tasks.some(
    task => !isFinal(task) && task.request.kind === 'image' && task.request.target,
  );
  if (open.length === 0 && !more) await setAwaited(workspaceMemory, false);
}
