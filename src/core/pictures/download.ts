import { lookup as resolve } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request, type Dispatcher } from 'undici';
import { errorCode } from '../files.ts';
import { JimengError } from '../service/failures.ts';
import { isPrivateAddress } from './addresses.ts';

const seconds = 1_000;
const attempts = 3;
const mostRedirects = 5;
/** Far above any picture of the service; the largest 4k PNG has about 40 MiB. */
export const mostBytes = 96 * 1024 * 1024;
const worthAnotherTry = new Set([408, 425, 429, 500, 502, 503, 504]);

/** A failure that another attempt may cure. */
class Passing extends Error {}

/**
 * Loads a picture of a result, up to three times. Throws JimengError (`linkExpired`, `downloadFailed`,
 * `pictureTooLarge`, `addressRefused`) or the signal's reason.
 *
 * Links are a stranger's: no credential is sent, redirects are followed by hand, to http(s) only and never from a public
 * to a private address, each address being checked when it is resolved.
 */
export async function download(url: string, signal?: AbortSignal): Promise<Uint8Array> {
  const limit = AbortSignal.timeout(600 * seconds);
  const ends = signal ? AbortSignal.any([signal, limit]) : limit;
  for (let attempt = 1; ; attempt++) {
    try {
      return await follow(url, ends);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof JimengError) { throw error; }
      if (attempt === attempts || limit.aborted) {
        throw new JimengError({ kind: 'downloadFailed', detail: limit.aborted ? 'ETIMEDOUT' : errorCode(error) ?? (error as Error).message }, { cause: error });
      }
    }
    await delay(500 * 2 ** (attempt - 1), undefined, { signal: ends });
  }
}

async function follow(first: string, signal: AbortSignal): Promise<Uint8Array> {
  let url = first;
  let fromPublic = false;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const hop: Hop = new Hop(url, fromPublic);
    try {
      const answer = await hop.get(signal);
      if (answer instanceof Uint8Array) { return answer; }
      url = answer.location;
      fromPublic ||= hop.isPublic;
    } finally {
      await hop.close();
    }
  }
  throw new JimengError({ kind: 'downloadFailed', detail: 'too many redirects' });
}

/** One request to one address, on a connection of its own, so that the address is the one that was checked. */
class Hop {
  readonly #url: URL;
  readonly #fromPublic: boolean;
  readonly #agent: Agent;
  isPublic = false;

  constructor(url: string, fromPublic: boolean) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) { throw new JimengError({ kind: 'addressRefused' }); }
    this.#url = new URL(url);
    this.#fromPublic = fromPublic;
    this.#agent = new Agent({
      connect: { timeout: 10 * seconds, lookup: this.#lookup },
      headersTimeout: 30 * seconds,
      bodyTimeout: 30 * seconds,
      maxResponseSize: mostBytes,
    });
  }

  async get(signal: AbortSignal): Promise<Uint8Array | { location: string }> {
    const host = this.#url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host)) { this.#admit(host); }
    try {
      const response = await request(this.#url, { dispatcher: this.#agent, signal, headers: { accept: 'image/png,image/webp,image/jpeg,*/*;q=0.5' } });
      return await this.#read(response);
    } catch (error) {
      if (errorCode(error) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') { throw new JimengError({ kind: 'pictureTooLarge' }); }
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #read({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Uint8Array | { location: string }> {
    if (statusCode === 200) { return body.bytes(); }
    await body.dump();
    const { location } = headers;
    if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
      if (!URL.canParse(location, this.#url.href)) { throw new JimengError({ kind: 'addressRefused' }); }
      return { location: new URL(location, this.#url).href };
    }
    if (worthAnotherTry.has(statusCode)) { throw new Passing(`HTTP ${statusCode}`); }
    const gone = [401, 403, 404, 410].includes(statusCode);
    throw new JimengError(gone ? { kind: 'linkExpired', detail: `HTTP ${statusCode}` } : { kind: 'downloadFailed', detail: `HTTP ${statusCode}` });
  }

  /** Throws `addressRefused` for a private address that a public one led to. */
  #admit(address: string): void {
    const isPrivate = isPrivateAddress(address);
    if (isPrivate && this.#fromPublic) { throw new JimengError({ kind: 'addressRefused' }); }
    this.isPublic ||= !isPrivate;
  }

  readonly #lookup: LookupFunction = (host, options, callback) => {
    resolve(host, { ...options, all: true }).then(addresses => {
      for (const { address } of addresses) { this.#admit(address); }
      const [first] = addresses;
      if (options.all) { callback(null, addresses); } else { callback(null, first?.address ?? '', first?.family); }
    }).catch((error: unknown) => callback(error as NodeJS.ErrnoException, ''));
  };
}
