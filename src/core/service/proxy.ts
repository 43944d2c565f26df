import { BlockList, isIP, type LookupFunction } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { buildConnector, EnvHttpProxyAgent, Pool, type Agent, type Dispatcher } from 'undici';
import { errorCode } from '../system/files.ts';
import type { Failure, FailureKind } from './failures/table.ts';
import { isLoopback } from './address.ts';
import { JimengError } from './failures/failures.ts';

/** How requests leave this machine, as plain data: the host reads it from settings or the environment. */
export interface NetworkSettings {
  /** Proxy addresses, with user name and password if needed. Without one for https, the http one serves both. */
  proxy?: { http?: string | undefined; https?: string | undefined };
  /** Hosts that bypass the proxy: `name`, `.domain`, `*.domain`, `name:port`, `10.0.0.0/8`; separated by commas. */
  noProxy?: string;
  /** False: an https proxy may have any certificate. The service's own certificate is always verified. */
  proxyStrictSSL?: boolean;
  /** Trusted certificates as PEM, loaded on the first https connection. Default: Node's own. */
  certificates?: () => readonly string[];
}

/** The current settings: the same object until they change. */
export type Network = () => NetworkSettings;

const nothing: NetworkSettings = {};
/** No proxy, and Node's own certificates. */
export const direct: Network = () => nothing;

/** The proxies named by an environment, as curl reads it: lower-case names take precedence. */
export function proxiesOf(
  env: Readonly<Record<string, string | undefined>>,
): Required<Pick<NetworkSettings, 'proxy' | 'noProxy'>> {
  const read = (name: string) => env[name.toLowerCase()] ?? env[name];
  return {
    proxy: { http: read('HTTP_PROXY'), https: read('HTTPS_PROXY') },
    noProxy: read('NO_PROXY') ?? '',
  };
}

/** The connection was never established: nothing of the request left this machine. `failure` says why. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected';
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.detail ?? failure.kind, options);
    this.failure = failure;
  }
}

export interface DispatcherOptions extends Pick<
  Agent.Options,
  'headersTimeout' | 'bodyTimeout' | 'maxResponseSize'
> {
  /** For each step of connecting (TCP, the proxy's answer, TLS), in ms. */
  connectTimeout: number;
  /** Resolves host names when no proxy does. A JimengError that it throws refuses the connection. */
  lookup?: LookupFunction;
  /** Called before a proxy is asked to connect. A JimengError that it throws refuses the connection. */
  beforeTunnel?: () => Promise<void>;
  /** Connected, through the proxy and with TLS; the request follows. */
  onConnect?: () => void;
}

/**
 * The undici dispatcher for one address, direct or through a proxy. A proxy is always asked for a tunnel (CONNECT), for
 * http too, so that nothing can have been sent before the tunnel is open. Until then, calls throw NotConnected.
 */
export function dispatcherFor(
  address: string,
  settings: NetworkSettings,
  options: DispatcherOptions,
): Dispatcher {
  const { connectTimeout, lookup, beforeTunnel, onConnect, ...limits } = options;
  const url = new URL(address);
  const proxy = proxyFor(url, settings);
  // No HTTP/2: it may resend a request on its own (GOAWAY), and a generation costs credits.
  const allowH2 = false;
  const secureContext = [url.href, proxy.url].some(text => text.startsWith('https:'))
    ? trust(settings.certificates)
    : undefined;
  const socket = {
    timeout: connectTimeout,
    allowH2,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    ...(secureContext && { secureContext }),
  };
  const straight = buildConnector({ ...socket, ...(lookup && { lookup }) });
  return new EnvHttpProxyAgent({
    ...limits,
    allowH2,
    // undici reads those that are missing from the environment.
    httpProxy: proxy.url,
    httpsProxy: proxy.url,
    noProxy: settings.noProxy ?? '',
    proxyTunnel: true,
    connect: straight,
    requestTls: socket,
    proxyTls: {
      ...socket,
      ...(settings.proxyStrictSSL === false && { rejectUnauthorized: false }),
    },
    clientFactory: (origin, more) => new Pool(origin, { ...more, headersTimeout: connectTimeout }),
    factory: (origin, more) => {
      const { connect, ...rest } = more as Pool.Options & {
        connect: (...call: Parameters<buildConnector.connector>) => unknown;
      };
      const tunnels = connect !== straight;
      const ask = async () => {
        if (proxy.failure) throw new NotConnected(proxy.failure);
        await beforeTunnel?.();
      };
      return new Pool(origin, {
        ...rest,
        connect: (target, callback) => {
          const end: buildConnector.Callback = (...result) => {
            if (result[0]) {
              callback(notConnected(result[0], tunnels), null);
            } else {
              onConnect?.();
              callback(...result);
            }
          };
          if (!tunnels) return connect(target, end); // the socket lets undici end an attempt that nobody waits for
          return ask().then(
            () => connect(target, end),
            (error: unknown) => end(error as Error, null),
          );
        },
      });
    },
  });
}

/** The proxy for this address, or an empty string; a failure if the one that is named cannot be used. */
function proxyFor(
  { hostname, protocol }: URL,
  { proxy = {}, noProxy = '' }: NetworkSettings,
): { url: string; failure?: Failure } {
  const text = (protocol === 'https:' ? proxy.https || proxy.http : proxy.http)?.trim();
  if (!text || isLoopback(hostname) || isInRange(hostname, noProxy)) return { url: '' };
  const full = text.includes('://') ? text : `http://${text}`;
  if (isUsable(full)) return { url: full };
  // The host may still bypass the proxy; only undici's name matching knows.
  return {
    url: 'http://unusable.invalid',
    failure: { kind: 'proxyUnsupported', detail: full.replace(/:\/\/.*@/s, '://…@') },
  };
}

function isUsable(proxy: string): boolean {
  try {
    const { protocol, username, password } = new URL(proxy);
    decodeURIComponent(username + password);
    return protocol === 'http:' || protocol === 'https:';
  } catch {
    return false;
  }
}

/** Whether an IP address is in one of the ranges that bypass the proxy; undici matches names only. */
function isInRange(hostname: string, noProxy: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  return (
    family !== 0 &&
    noProxy.split(/[,\s]+/).some(entry => {
      const [, network = '', bits] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? [];
      if (isIP(network) !== family || Number(bits) > (family === 4 ? 32 : 128)) return false;
      const range = new BlockList();
      const type = family === 4 ? 'ipv4' : 'ipv6';
      range.addSubnet(network, Number(bits), type);
      return range.check(host, type);
    })
  );
}

const contexts = new WeakMap<() => readonly string[], SecureContext>();

/** Parsing a few hundred certificates takes 15 ms: done once, not per connection. */
function trust(certificates: NetworkSettings['certificates']): SecureContext | undefined {
  const made = certificates && contexts.get(certificates);
  if (made || !certificates) return made;
  const context = createSecureContext({ ca: [...certificates()] });
  contexts.set(certificates, context);
  return context;
}

/** Certificate errors, as OpenSSL and Node name them. */
const ofCertificates =
  /^(?:ERR_TLS_CERT_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_)/;
/** Once the tunnel is open, only TLS with the service behind it can fail. */
const ofTls = /^(?:ERR_SSL_|EPROTO$|ECONNRESET$)/;

/** Why there is no connection; an error that already says so is returned as it is. */
function notConnected(error: Error, tunnels: boolean): NotConnected | JimengError {
  if (error instanceof NotConnected || error instanceof JimengError) return error;
  const code = errorCode(error) === 'UND_ERR_PRX_TLS' ? errorCode(error.cause) : errorCode(error);
  const detail = code ?? error.message;
  const fail = (kind: FailureKind, detail: string) =>
    new NotConnected({ kind, detail }, { cause: error });
  if (code !== undefined && ofCertificates.test(code)) return fail('certificateUntrusted', detail);
  if (!tunnels || (code !== undefined && ofTls.test(code))) return fail('serviceDown', detail);
  // undici reports the proxy's answer as text only.
  const [, status] = /^Proxy response \((\d+)\)/.exec(error.message) ?? [];
  if (status === undefined) return fail('proxyDown', detail);
  return ['502', '503', '504'].includes(status)
    ? fail('serviceDown', `proxy: HTTP ${status}`)
    : fail('proxyRefused', `HTTP ${status}`);
}
