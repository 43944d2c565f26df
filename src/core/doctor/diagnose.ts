import * as l10n from '@vscode/l10n';
import { isLoopback, type ParsedAddress } from '../service/address.ts';
import type { JimengClient } from '../service/client.ts';
import type { ParsedSessionId, SessionId } from '../session/session.ts';
import { failed, type Finding } from './finding.ts';
import { answeringAddress, type ProxySetting } from './network.ts';
import {
  askAbout,
  creditsFinding,
  serviceFinding,
  sessionFinding,
  tasksFinding,
  webhooksFinding,
  type WebhookSettings,
} from './service-checks.ts';

/** Everything the checks need, handed in by the editor or the terminal. */
export interface Subject {
  versions: string;
  address: ParsedAddress;
  connect: (url: string, session?: SessionId) => JimengClient;
  /** The address of the editor's own demo, if it is in use. */
  embedded: boolean;
  session: ParsedSessionId | undefined;
  /** A person agreed to send the session ID to this address, where plain http requires that. */
  maySend: boolean;
  /** Called with the balance when it was asked for. */
  onCredits: (credits: number) => Promise<void>;
  /** Only an editor receives webhook calls. */
  webhooks?: WebhookSettings;
  proxies: readonly ProxySetting[];
  /** A window on another machine: its kind, and whether the extension runs there. */
  remote?: { name: string; runsThere: boolean };
  /** This machine's own addresses in the network. */
  ownAddresses: readonly string[];
  folder: () => Promise<Finding>;
}

/** Checks everything between a prompt and a picture. Asks the site for the credits; generates nothing. */
export async function diagnose(subject: Subject): Promise<Finding[]> {
  const { address, proxies, folder } = subject;
  const environment = [
    proxyFinding(proxies),
    await folder(),
    { kind: 'versions', level: 'ok', sentence: subject.versions } as const,
  ];
  if (!address.ok)
    return [
      failed('service', { kind: 'badAddress', detail: address.reason }),
      await sessionFinding(subject.session, undefined),
      ...environment,
    ];
  return [...(await serviceFindings(address.address.url, subject)), ...environment];
}

async function serviceFindings(
  url: string,
  { connect, embedded, session, maySend, onCredits, webhooks, remote, ownAddresses }: Subject,
): Promise<Finding[]> {
  const client = connect(url);
  const about = await askAbout(client);
  const known = 'level' in about ? undefined : about;
  const usable = embedded || !maySend ? undefined : session?.ok ? session.session : undefined;
  const sessionState = embedded
    ? ({ kind: 'session', level: 'ok', sentence: l10n.t('The demo service needs none.') } as const)
    : session?.ok && !maySend
      ? ({
          kind: 'session',
          level: 'note',
          sentence: l10n.t(
            '{0} is well-formed. It is not sent unencrypted to another machine without your consent.',
            session.session.masked,
          ),
        } as const)
      : await sessionFinding(session, known && client);
  return [
    ...(known
      ? [serviceFinding(url, known, embedded), await tasksFinding(client, known)]
      : [about as Finding]),
    ...(webhooks ? [webhooksFinding(webhooks, known)] : []),
    sessionState,
    ...(known && usable && sessionState.level !== 'problem'
      ? [await creditsFinding(connect(url, usable), onCredits)]
      : []),
    ...(known && isLoopback(new URL(url).hostname) ? [await portFinding(url, ownAddresses)] : []),
    ...(remote && !embedded && isLoopback(new URL(url).hostname)
      ? [machineFinding(remote, known !== undefined)]
      : []),
  ];
}

/** The seed forbids that others reach the service: whoever does can spend the credits of any session. */
async function portFinding(url: string, ownAddresses: readonly string[]): Promise<Finding> {
  const { port, protocol } = new URL(url);
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const open = await answeringAddress(number, ownAddresses);
  if (open === undefined)
    return {
      kind: 'port',
      level: 'ok',
      sentence: l10n.t('Port {0} answers on this machine only.', number),
    };
  return {
    kind: 'port',
    level: 'problem',
    sentence: l10n.t(
      'Port {0} is open to the network ({1}). Publish it as 127.0.0.1:{0} only.',
      number,
      open,
    ),
    advice: l10n.t('Stop the service that runs there first; in Docker: docker rm -f jimeng-api'),
    fix: 'startService',
  };
}

function proxyFinding(proxies: readonly ProxySetting[]): Finding {
  if (proxies.length === 0) return { kind: 'proxy', level: 'ok', sentence: l10n.t('None is set.') };
  return {
    kind: 'proxy',
    level: 'note',
    sentence: l10n.t(
      'Set here: {0}.',
      proxies.map(({ source, value }) => `${source} ${value}`).join(', '),
    ),
  };
}

/** In a remote window: which machine `localhost` is. Only relevant where nothing answers there. */
function machineFinding(
  { name, runsThere }: NonNullable<Subject['remote']>,
  answers: boolean,
): Finding {
  const sentence = runsThere
    ? l10n.t('"localhost" is the remote machine ({0}): the service has to run there.', name)
    : l10n.t('"localhost" is your own machine, not the remote one ({0}).', name);
  return answers
    ? { kind: 'localhost', level: 'ok', sentence }
    : { kind: 'localhost', level: 'note', sentence, fix: 'setAddress' };
}
