import type { FeatureContext } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';

/** The commands of the Tasks view: of a task's row, and of the whole queue. */
export function registerTasks({ deps, view }: FeatureContext): Disposables {
  const owned = new Disposables();
  const tasks = () => import('./task-commands.ts');
  for (const id of [
    'cancelTask',
    'stopWatching',
    'watchAgain',
    'fetchMissing',
    'runAgain',
    'editAndRunAgain',
    'choosePicture',
    'copyPrompt',
    'copyTaskId',
    'findAtService',
    'saveKept',
    'removeTask',
  ])
    owned.command(id, async (row, selected) =>
      (await tasks()).runTaskCommand(id, row, selected, await deps()),
    );
  for (const id of ['cancelAllWaiting', 'pauseQueue', 'resumeQueue', 'clearFinished'])
    owned.command(id, async () => (await tasks()).runQueueCommand(id, await deps()));
  owned.command('openPictures', async row => (await tasks()).openPictures(row));
  owned.command('showPictures', async row => (await tasks()).showPictures(row));
  owned.command('filterTasks', async () => (await tasks()).filterTasks(view));
  owned.command('clearFilter', () => view.filter(''));
  return owned;
}
