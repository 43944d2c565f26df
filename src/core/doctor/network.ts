import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';

/** How long one of this machine's own addresses may take to answer. */
const ANSWER_TIMEOUT_MS = 500;
/** At most this many addresses are tried; a machine with more has virtual ones. */
const MAX_ADDRESSES = 16;

/** Proxy settings that take effect: the source of each, and its value with credentials masked. */
export interface ProxySetting {
  source: string;
  value: string;
}

const proxyVariables = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];

/** The proxy settings of an environment. */
export function proxySettingsOf(env: Readonly<Record<string, string | undefined>>): ProxySetting[] {
  return proxyVariables.flatMap(name => {
    const value = env[name] ?? env[name.toLowerCase()];
    return value === undefined || value === ''
      ? []
      : [{ source: name, value: withoutCredentials(value) }];
  });
}

export function withoutCredentials(address: string): string {
  return address.replace(/^([a-z][\w+.-]*:\/\/)?.*@/is, '$1••••@'); // a password may contain slashes
}

/** The addresses by which other machines reach this one. Link-local IPv6 addresses are left out: they need a zone. */
export function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap(addresses => addresses ?? []);
  return all
    .filter(({ internal, address }) => !internal && !/^fe80:/i.test(address))
    .map(({ address }) => address)
    .slice(0, MAX_ADDRESSES);
}

/**
 * The first of this machine's own addresses on which the port answers, so that the network can reach it too. One
 * connection each.
 */
export async function answeringAddress(
  port: number,
  addresses: readonly string[],
): Promise<string | undefined> {
  const answers = await Promise.all(addresses.map(address => answersAt(address, port)));
  return addresses.find((_, index) => answers[index]);
}

function answersAt(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port, timeout: ANSWER_TIMEOUT_MS });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(false))
      .once('error', () => end(false));
  });
}
