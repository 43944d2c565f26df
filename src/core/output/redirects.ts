import { lookup as resolve } from 'node:dns/promises';
import { isIP, BlockList, isIPv4, type LookupFunction } from 'node:net';
import { request as sendRequest, type Dispatcher } from 'undici';
import { isWeb } from '../inputs/address.ts';
import { describe, JimengError } from '../service/failures/failures.ts';
import { dispatcherFor, NotConnected, type Network } from '../service/proxy.ts';
import { errorCode } from '../system/files.ts';

const MAX_REDIRECTS = 5;

export interface RedirectLimits {
  /** Until a connection is open. */
  connectMs: number;
  /** Without a byte, before the headers and in the body. */
  idleMs: number;
  /** Of the body. */
  maxBytes: number;
}

/** How a link is requested. */
interface RequestOptions {
  network: Network;
  signal: AbortSignal;
  limits: RedirectLimits;
  headers: Record<string, string>;
}

/**
 * Follows redirects to the answer, and hands it to `read` while its connection is open. Throws as `get` and
 * `read` do.
 *
 * Links come from outside: no credential is sent, redirects are followed by hand, to http(s) only and never from a public
 * to a private address, each address being checked when it is resolved.
 */
export async function fetchFollowingRedirects<T>(
  first: string,
  { network, signal, limits, headers }: RequestOptions,
  read: (answer: Dispatcher.ResponseData) => Promise<T>,
): Promise<T> {
  let url = first;
  let fromPublic = false;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    if (!isWeb(url)) throw new JimengError({ kind: 'addressRefused' });
    const request: DownloadRequest = new DownloadRequest(new URL(url), fromPublic, limits, network);
    try {
      const answer = await request.get(signal, headers);
      if (!('location' in answer)) return await read(answer);
      url = answer.location;
      fromPublic ||= request.isPublic;
    } catch (error) {
      if (errorCode(error) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
        throw new JimengError({ kind: 'pictureTooLarge' });
      throw error;
    } finally {
      await request.close();
    }
  }
  throw new JimengError({ kind: 'downloadFailed', detail: 'ERR_TOO_MANY_REDIRECTS' });
}

/** Whether the server is busy or has failed for now: another attempt may succeed. */
function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/**
 * One request to one address, on a connection of its own, so that the address it goes to is the one that was checked.
 *
 * Behind a proxy it is the proxy that resolves names, and the one it connects to cannot be known. The same is refused
 * then: an address in digits is checked as always, a name by what it resolves to here. One that does not resolve here, as
 * in many companies, is left to the proxy and its own rules, and counts as public: nothing private may follow it.
 */
export class DownloadRequest {
  readonly #url: URL;
  readonly #fromPublic: boolean;
  readonly #dispatcher: Dispatcher;
  #byProxy = false;
  /** Whether the request went to an address of the open internet. */
  isPublic = false;

  /** @param fromPublic a public address led here, so a private one is refused */
  constructor(
    url: URL,
    fromPublic: boolean,
    { connectMs, idleMs, maxBytes }: RedirectLimits,
    network: Network,
  ) {
    this.#url = url;
    this.#fromPublic = fromPublic;
    this.#dispatcher = dispatcherFor(url.href, network(), {
      connectTimeout: connectMs,
      lookup: this.#lookup,
      headersTimeout: idleMs,
      bodyTimeout: idleMs,
      maxResponseSize: maxBytes,
      beforeTunnel: async () => {
        this.#byProxy = true;
        if (fromPublic) await this.#admitName();
      },
    });
  }

  /**
   * The answer, whose body has to be read, or where it is said to be instead. Throws JimengError where another attempt is
   * of no use, and any other error where it may be.
   */
  async get(
    signal: AbortSignal,
    headers: Record<string, string>,
  ): Promise<Dispatcher.ResponseData | { location: string }> {
    if (isIP(this.#host)) this.#admit(this.#host); // it is not looked up
    try {
      return await this.#read(
        await sendRequest(this.#url, {
          dispatcher: this.#dispatcher,
          method: 'GET',
          signal,
          headers,
        }),
      );
    } catch (error) {
      if (error instanceof NotConnected && describe(error.failure).final)
        throw new JimengError(error.failure, { cause: error.cause });
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }

  get #host(): string {
    return this.#url.hostname.replace(/^\[|\]$/g, '');
  }

  async #read(
    answer: Dispatcher.ResponseData,
  ): Promise<Dispatcher.ResponseData | { location: string }> {
    const { statusCode, headers, body } = answer;
    if (statusCode === 200 || statusCode === 206) return answer;
    body.on('error', () => {
      /* it is not read, and ends with the connection */
    });
    const { location } = headers;
    if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
      if (!URL.canParse(location, this.#url.href))
        throw new JimengError({ kind: 'addressRefused' });
      if (this.#byProxy) await this.#admitName();
      return { location: new URL(location, this.#url).href };
    }
    const detail = `HTTP ${statusCode}`;
    if (isPassing(statusCode)) throw new Error(detail);
    throw new JimengError({
      kind: [401, 403, 404, 410].includes(statusCode) ? 'linkExpired' : 'downloadFailed',
      detail,
    });
  }

  /** Throws `addressRefused` for a private address that a public one led to. */
  #admit(address: string): void {
    const isPrivate = isPrivateAddress(address);
    if (isPrivate && this.#fromPublic) throw new JimengError({ kind: 'addressRefused' });
    this.isPublic ||= !isPrivate;
  }

  /** Of a host that a proxy resolves. It is looked up only where a redirect depends on it. */
  async #admitName(): Promise<void> {
    if (isIP(this.#host)) return;
    const addresses = await resolve(this.#host, { all: true }).catch(() => []);
    for (const { address } of addresses) this.#admit(address);
    if (addresses.length === 0) this.isPublic = true;
  }

  readonly #lookup: LookupFunction = (host, options, callback) => {
    resolve(host, { ...options, all: true })
      .then(addresses => {
        for (const { address } of addresses) this.#admit(address);
        const [first] = addresses;
        if (options.all) callback(null, addresses);
        else callback(null, first?.address ?? '', first?.family);
      })
      .catch((error: unknown) => callback(error as NodeJS.ErrnoException, ''));
  };
}

/** Addresses that the open internet does not lead to (IANA special-purpose registries). */
const special = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  special.addSubnet(network, bits, 'ipv4');

for (const [network, bits] of [
  // ::/96 holds IPv4 addresses in an old form, and 2001::/32 (Teredo) leads to any: neither is ever a picture's.
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  special.addSubnet(network, bits, 'ipv6');

/** Whether an IP address is this machine's, a local network's, or otherwise not of the open internet. */
export function isPrivateAddress(address: string): boolean {
  if (isIPv4(address)) return special.check(address, 'ipv4'); // Node's pattern for the others takes 10 ms to compile
  // Mapped IPv4 addresses are seen through by the list itself; those of a NAT64 gateway (RFC 6052) are not.
  const unscoped = address.replace(/%.*/, '');
  const [, high, low] =
    /^\[64:ff9b::(?:([0-9a-f]+):)?([0-9a-f]+)\]$/.exec(new URL(`http://[${unscoped}]`).hostname) ??
    [];
  if (low === undefined) return special.check(unscoped, 'ipv6');
  const [upper, lower] = [parseInt(high ?? '0', 16), parseInt(low, 16)];
  return special.check(`${upper >> 8}.${upper & 255}.${lower >> 8}.${lower & 255}`, 'ipv4');
}
