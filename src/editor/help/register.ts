import type { FeatureContext } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';

/** The walkthrough, the diagnosis and the log. */
export function registerHelp({ context, deps, log }: FeatureContext): Disposables {
  const owned = new Disposables();
  const help = () => import('./get-started.ts');
  owned.command('getStarted', async () => (await help()).getStarted());
  owned.command('openAgentsHelp', async () => (await help()).openAgentsHelp(context.extensionUri));
  owned.command('diagnose', async () => (await import('./diagnose.ts')).diagnose(await deps()));
  owned.command('showLog', () => log.show());
  return owned;
}
