import type { JimengClient } from '../../core/service/client.ts';
import type { SessionId } from '../../core/session/session.ts';
import type { KnownCredits } from '../../core/queue/balances.ts';
import type { Deps } from '../platform/deps.ts';

/** Remembers a balance that the site told; with it, what a generation costs, where that can be told. */
export async function noteCredits(
  session: SessionId,
  credits: number,
  { services: { balances, fingerprints, ledger } }: Pick<Deps, 'services'>,
): Promise<void> {
  await balances.note(
    await fingerprints.of(session),
    { credits, at: Date.now() },
    await ledger.all(),
  );
}

/** Asks the site for the credits. On demand only: frequent calls trigger risk control. */
export async function askCredits(
  client: JimengClient,
  session: SessionId,
  deps: Pick<Deps, 'services'>,
): Promise<number> {
  const credits = await client.credits();
  await noteCredits(session, credits, deps);
  return credits;
}

/** Claims the daily credits. Throws JimengError (`notReceived`) where there are none. */
export async function claimCreditsOf(
  client: JimengClient,
  session: SessionId,
  { services: { balances, fingerprints } }: Pick<Deps, 'services'>,
): Promise<number> {
  const credits = await client.receiveCredits();
  await balances.note(await fingerprints.of(session), { credits, at: Date.now() });
  return credits;
}

/** What is known of a session's credits without asking. */
export async function recallCredits(
  session: SessionId,
  { services: { balances, fingerprints } }: Pick<Deps, 'services'>,
): Promise<KnownCredits | undefined> {
  return balances.recall(await fingerprints.of(session));
}
