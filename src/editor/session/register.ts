import type { FeatureContext } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';

/** Session IDs, and the credits of their accounts. */
export function registerSession({ deps }: FeatureContext): Disposables {
  const owned = new Disposables();
  const session = () => import('./session-commands.ts');
  owned.command('setSessionId', async () => (await session()).setSession(await deps()));
  owned.command('switchSessionId', async () => (await session()).switchSession(await deps()));
  owned.command('clearSessionId', async () => (await session()).clearSession(await deps()));
  owned.command('openSite', async () => (await session()).openSite(await deps()));

  const credits = () => import('./credits.ts');
  owned.command('checkCredits', async () => (await credits()).checkCredits(await deps()));
  owned.command('claimCredits', async () => (await credits()).claimCredits(await deps()));
  return owned;
}
