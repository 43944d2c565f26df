import type { JimengClient, ListedTask } from '../service/client.ts';
import { foreignText } from '../service/failures/foreign-text.ts';
import { serviceTaskIdOf, type Task } from './task.ts';
import type { Ledger } from './store.ts';

/** How far the service's clock, and the time at which a request arrived, may be from ours; in ms. */
const MATCH_TOLERANCE_MS = 15 * 60_000;

/**
 * Tasks of the service that may be this one, whose answer never came: same prompt, model and kind, about the same time,
 * and nobody's in the ledger. They are only offered: other people's tasks stand in the list too. Throws JimengError.
 */
export async function findMatches(
  task: Task,
  client: Pick<JimengClient, 'listTasks'>,
  ledger: Pick<Ledger, 'all'>,
): Promise<ListedTask[]> {
  const known = new Set((await ledger.all()).map(serviceTaskIdOf));
  const kind =
    task.request.kind === 'video' ? 'video' : task.request.images ? 'composition' : 'image';
  const prompt = foreignText(task.request.prompt); // as the list has it
  const sentAt = task.sentAt ?? task.createdAt;
  return (await client.listTasks()).filter(
    ({ serviceTaskId, type, model, prompt: theirs, createdAt }) =>
      !known.has(serviceTaskId) &&
      theirs === prompt &&
      (model ?? task.model) === task.model &&
      (type ?? kind) === kind &&
      Math.abs((createdAt ?? sentAt) - sentAt) < MATCH_TOLERANCE_MS,
  );
}
