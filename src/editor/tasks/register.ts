import type { Deps, FeatureContext } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';
import { queueCommands, taskCommands } from './task-commands.ts';
import { tasksOf } from './view/nodes.ts';

/** The commands of the Tasks view: of a task's row, and of the whole queue. */
export function registerTasks({ deps, view }: FeatureContext): Disposables {
  const owned = new Disposables();
  const actions = () => import('./task-actions.ts');
  for (const [id, run] of Object.entries(taskCommands))
    owned.command(id, async (row, selected) =>
      reported(await deps(), opened => run(tasksOf(row, selected), opened)),
    );
  for (const [id, run] of Object.entries(queueCommands))
    owned.command(id, async () => reported(await deps(), run));
  owned.command('openPictures', async row => (await actions()).openPictures(row));
  owned.command('showPictures', async row => (await actions()).showPictures(row));
  owned.command('filterTasks', async () => (await actions()).filterTasks(view));
  owned.command('clearFilter', () => view.filter(''));
  return owned;
}

/** Reports what goes wrong, once for all tasks of a command. */
async function reported(deps: Deps, run: (deps: Deps) => Promise<unknown>): Promise<void> {
  try {
    await run(deps);
  } catch (error) {
    const { reportError } = await import('../platform/show-failure.ts');
    await reportError(error, deps.log);
  }
}
