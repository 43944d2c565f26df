import { parseServiceAddress } from '../../core/service/address.ts';
import type { JimengClient } from '../../core/service/client.ts';
import type { SessionId } from '../../core/session/session.ts';
import type { WaitingTask } from '../../core/queue/task.ts';
import type { Failure } from '../../core/service/failures/table.ts';
import type { SendOptions } from '../../core/queue/execute/send.ts';
import type { Fingerprints } from '../../core/session/fingerprint.ts';
import type { Webhooks } from '../../core/queue/execute/webhook-listener.ts';
import type { DemoMode } from '../service/demo-mode.ts';
import type { SessionStore } from '../session/session-store.ts';
import { settings } from '../platform/settings.ts';

export interface AccountSources {
  sessions: SessionStore;
  demo: DemoMode;
  fingerprints: Fingerprints;
  webhooks: Webhooks;
  connect: (url: string, session: SessionId) => JimengClient;
}

/**
 * The account for a waiting task: its region's current session ID. It is for the configured service only, so a task for
 * another address is no longer sent.
 */
export async function accountFor(
  task: WaitingTask,
  { sessions, demo, fingerprints, webhooks, connect }: AccountSources,
): Promise<SendOptions | { failure: Failure } | undefined> {
  const session = await sessionFor(task, sessions, demo);
  if (!session || session === 'elsewhere')
    return session && { failure: { kind: 'addressChanged' } };
  return {
    client: connect(task.service.url, session),
    fingerprint: await fingerprints.of(session),
    callbackUrl: () => webhooks.urlFor(task.id),
  };
}

async function sessionFor(
  { service, region }: WaitingTask,
  sessions: SessionStore,
  demo: DemoMode,
): Promise<SessionId | 'elsewhere' | undefined> {
  if (demo.owns(service)) {
    await demo.url(); // it may have to be started
    return demo.session;
  }
  const configured = parseServiceAddress(settings.apiUrl);
  if (!configured.ok || configured.address.url !== service.url) return 'elsewhere';
  if (await sessions.isStale()) return undefined;
  return (await sessions.all()).find(known => known.region === region);
}
