import { sayTooLate } from '../wait-in-front.ts';
import { reportError } from '../report.ts';
import { taskOf } from '../tasks-view.ts';
import type { Deps } from '../deps.ts';

/** Cancels the task of a row. Where the service is already at work that is said, and the pictures will be saved. */
export async function cancelTask(row: unknown, { services, log }: Deps): Promise<void> {
  const task = taskOf(row);
  if (!task) { return; }
  try {
    const outcome = await services.runner.cancel(task.id);
    if (outcome === 'tooLate') {
      sayTooLate();
    }
  } catch (error) {
    await reportError(error, log);
  }
}
