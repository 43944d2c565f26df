import * as l10n from '@vscode/l10n';
import type { JimengClient, ServiceAbout } from '../service/client.ts';
import { JimengError, joinSentences } from '../service/failures/failures.ts';
import type { ParsedSessionId } from '../session/session.ts';
import { failed, type Finding } from './finding.ts';

/** What the service says of itself; a finding where it says nothing. */
export async function askAbout(client: JimengClient): Promise<ServiceAbout | Finding> {
  return client.about().catch((error: unknown) => failed('service', failureIn(error)));
}

/** @param embedded it is the editor's own demo, which is in use instead of a service */
export function serviceFinding(
  url: string,
  { kind, demo, version = '?' }: ServiceAbout,
  embedded: boolean,
): Finding {
  if (embedded)
    return {
      kind: 'service',
      level: 'note',
      sentence: l10n.t('The demo service is in use: it draws the pictures itself.'),
      fix: 'stopDemo',
    };
  const sentence = demo
    ? l10n.t('A demo service answers at {0}: it draws the pictures itself.', url)
    : kind === 'task'
      ? l10n.t('The task service answers at {0}, version {1}.', url, version)
      : l10n.t('The stock service answers at {0}, version {1}.', url, version);
  return { kind: 'service', level: 'ok', sentence };
}

/** Whether tasks outlive a window, and the service. */
export async function tasksFinding(
  client: JimengClient,
  { kind, demo }: ServiceAbout,
): Promise<Finding> {
  if (kind === 'stock')
    return {
      kind: 'tasks',
      level: 'note',
      sentence: l10n.t(
        'The service has no tasks: closing a window may lose results that are paid for.',
      ),
      fix: 'startService',
    };

  try {
    const { storage, queue, isStuck } = await client.tasksState();
    if (isStuck) return failed('tasks', { kind: 'taskStuck' }, 'note');
    const now = queue ? l10n.t('Running: {0}, waiting: {1}.', queue.running, queue.queued) : '';
    if (demo)
      return {
        kind: 'tasks',
        level: 'ok',
        sentence: joinSentences(l10n.t('The service has tasks.'), now),
      };
    if (storage === 'redis')
      return {
        kind: 'tasks',
        level: 'ok',
        sentence: joinSentences(
          l10n.t('Tasks are kept in Redis and survive a restart of the service.'),
          now,
        ),
      };
    return {
      kind: 'tasks',
      level: 'note',
      fix: 'startService',
      sentence: joinSentences(
        l10n.t('Tasks are kept in memory only: a restart of the service loses them.'),
        now,
      ),
      advice: l10n.t(
        'If the service has a REDIS_URL, it lost its connection to Redis and does not reconnect by itself. Restart the service once Redis is running to get the earlier tasks back.',
      ),
    };
  } catch (error) {
    return failed('tasks', failureIn(error));
  }
}

/** What is known of the webhook settings. */
export interface WebhookSettings {
  enabled: boolean;
  publicUrl: string | undefined;
}

export function webhooksFinding(
  { enabled, publicUrl }: WebhookSettings,
  about: ServiceAbout | undefined,
): Finding {
  if (!enabled)
    return { kind: 'webhooks', level: 'ok', sentence: l10n.t('Off: tasks are polled.') };
  if (about?.kind === 'stock')
    return {
      kind: 'webhooks',
      level: 'note',
      sentence: l10n.t('On, but the stock service sends no webhooks.'),
      fix: 'webhookSettings',
    };
  if (publicUrl !== undefined)
    return {
      kind: 'webhooks',
      level: 'ok',
      sentence: l10n.t('On: the service calls {0}.', publicUrl),
    };
  return {
    kind: 'webhooks',
    level: 'note',
    sentence: l10n.t(
      'On, for a service on this machine; one in Docker needs "jimeng.webhook.publicUrl".',
    ),
    fix: 'webhookSettings',
  };
}

/** Whether a session ID can be used. @param client where it may be sent; undefined: it may not, or nothing answers */
export async function sessionFinding(
  parsed: ParsedSessionId | undefined,
  client: JimengClient | undefined,
): Promise<Finding> {
  if (!parsed) return failed('session', { kind: 'sessionMissing' });
  if (!parsed.ok)
    return { kind: 'session', level: 'problem', sentence: parsed.reason, fix: 'updateSessionId' };
  const { masked } = parsed.session;
  if (!client)
    return {
      kind: 'session',
      level: 'note',
      sentence: l10n.t('{0} is well-formed. Could not check whether the site accepts it.', masked),
    };
  try {
    if (await client.account.checkToken(parsed.session))
      return {
        kind: 'session',
        level: 'ok',
        sentence: l10n.t('{0} is well-formed, and the site accepts it.', masked),
      };
    return {
      kind: 'session',
      level: 'problem',
      sentence: l10n.t(
        'The site does not accept {0}: it has expired, or belongs to another site.',
        masked,
      ),
      fix: 'updateSessionId',
    };
  } catch (error) {
    const failure = failed('session', failureIn(error)); // the account was asked for too, and is not asked for again
    return {
      ...failure,
      sentence: joinSentences(
        l10n.t('{0} is well-formed. Could not check whether the site accepts it.', masked),
        failure.sentence,
      ),
    };
  }
}

/** Asks the site for the credits. On demand only: frequent calls trigger risk control. @param client of the session */
export async function creditsFinding(
  client: JimengClient,
  onCredits: (credits: number) => Promise<void>,
): Promise<Finding> {
  try {
    const credits = await client.account.credits();
    await onCredits(credits);
    return credits > 0
      ? { kind: 'credits', level: 'ok', sentence: l10n.t('{0} credits.', credits) }
      : failed('credits', { kind: 'noCredits' });
  } catch (error) {
    return failed('credits', failureIn(error));
  }
}

/** Claims the daily credits. */
export async function claimFinding(client: JimengClient): Promise<Finding> {
  try {
    return {
      kind: 'credits',
      level: 'ok',
      sentence: l10n.t(
        'The daily credits were claimed. Balance: {0}.',
        await client.account.receiveCredits(),
      ),
    };
  } catch (error) {
    return failed('credits', failureIn(error), 'note');
  }
}

/** What the doctor tells as a finding; anything else is a fault of ours and is thrown. */
function failureIn(error: unknown) {
  if (error instanceof JimengError) return error.failure;
  throw error;
}
