import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { errorCode } from '../system/files.ts';
import { JimengError } from '../service/failures/failures.ts';
import { NotConnected, type Network } from '../service/proxy.ts';
import type { Failure } from '../queue/task.ts';
import { isWeb } from '../inputs/address.ts';
import { ByteStreamBuffer } from '../images/bytes.ts';
import { DownloadRequest, type RedirectLimits } from './redirects.ts';

const SECOND_MS = 1_000;
const MAX_REDIRECTS = 5;

export interface Limits extends RedirectLimits {
  /** How often a link is tried. */
  attempts: number;
  /** Before the second attempt, and twice as long before each further one; in ms. */
  pause: number;
  /** For all attempts together; in ms. */
  total: number;
  /** For a body whose length is told: so long at least, in ms, and longer by its length at this many bytes a second. */
  body: { least: number; bytesPerSecond: number };
}

const usual: Limits = {
  attempts: 3,
  pause: 500,
  total: 600 * SECOND_MS,
  body: { least: 60 * SECOND_MS, bytesPerSecond: 64 * 1024 }, // slower than any network that a picture of some MB is waited for on
  connect: 10 * SECOND_MS,
  idle: 30 * SECOND_MS,
  bytes: 96 * 1024 * 1024, // far above any picture of the service: the largest 4k PNG has about 40 MiB
};

export interface DownloadOptions {
  signal?: AbortSignal | undefined;
  limits?: Limits;
  /** Told of what will be loaded, each time that it begins anew; undefined where nobody says how long it is. */
  begins?: (arriving: ByteStreamBuffer | undefined) => void;
}

/**
 * Loads a picture of a result. Throws JimengError (`linkExpired`, `downloadFailed`, `pictureTooLarge`,
 * `addressRefused`, and those of the way there: a proxy, a certificate) or the signal's reason.
 *
 * Links are a stranger's: no credential is sent, redirects are followed by hand, to http(s) only and never from a public
 * to a private address, each address being checked when it is resolved.
 */
export async function download(
  url: string,
  network: Network,
  { signal, limits = usual, begins }: DownloadOptions = {},
): Promise<Uint8Array> {
  const end = AbortSignal.timeout(limits.total);
  const ends = signal ? AbortSignal.any([signal, end]) : end;
  let pause = limits.pause;
  for (let attempt = 1; ; attempt++) {
    try {
      if (attempt > 1) {
        await delay(pause, undefined, { signal: ends });
        pause *= 2;
      }
      return await fetchFollowingRedirects(
        url,
        {
          network,
          signal: ends,
          limits,
          headers: { accept: 'image/png,image/webp,image/jpeg,*/*;q=0.5' },
        },
        answer => readBody(answer, limits, begins),
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (end.aborted)
        throw new JimengError({ kind: 'downloadFailed', detail: 'ETIMEDOUT' }, { cause: error });
      if (error instanceof JimengError) throw error;
      if (attempt === limits.attempts) throw new JimengError(failureOf(error), { cause: error });
    }
  }
}

/**
 * The bytes of a body, as they come in, in memory that another thread can share: copying some MB at once, here and on the
 * way to a worker, would hold up this thread. Throws JimengError where it drips for too long: trying once more would take as long.
 */
async function readBody(
  { headers, body }: Dispatcher.ResponseData,
  limits: Limits,
  begins: DownloadOptions['begins'],
): Promise<Uint8Array> {
  const said = Number(headers['content-length'] ?? NaN);
  const known = said <= limits.bytes ? arrivingOf(said) : undefined; // a longer one ends by itself
  begins?.(known);
  const parts: Uint8Array[] = [];
  const slow = new JimengError({ kind: 'downloadFailed', detail: 'ETIMEDOUT' });
  const deadline =
    known &&
    setTimeout(
      () => body.destroy(slow),
      limits.body.least + (said / limits.body.bytesPerSecond) * SECOND_MS,
    );
  try {
    for await (const part of body as AsyncIterable<Uint8Array>)
      if (known) known.add(part);
      else parts.push(part);
  } finally {
    clearTimeout(deadline);
    known?.end();
  }
  if (known) return known.received;
  const whole = arrivingOf(parts.reduce((length, part) => length + part.length, 0));
  for (const part of parts) whole.add(part);
  return whole.received;
}

function arrivingOf(bytes: number): ByteStreamBuffer {
  return new ByteStreamBuffer(new Uint8Array(new SharedArrayBuffer(bytes)));
}

/** How a link is asked for. */
export interface Asking {
  network: Network;
  signal: AbortSignal;
  limits: RedirectLimits;
  headers: Record<string, string>;
}

/** Follows redirects to the answer, and hands it to `read` while its connection stands. Throws as `Hop.get` and `read` do. */
export async function fetchFollowingRedirects<T>(
  first: string,
  { network, signal, limits, headers }: Asking,
  read: (answer: Dispatcher.ResponseData) => Promise<T>,
): Promise<T> {
  let url = first;
  let fromPublic = false;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    if (!isWeb(url)) throw new JimengError({ kind: 'addressRefused' });
    const hop: DownloadRequest = new DownloadRequest(new URL(url), fromPublic, limits, network);
    try {
      const answer = await hop.get(signal, headers);
      if (!('location' in answer)) return await read(answer);
      url = answer.location;
      fromPublic ||= hop.isPublic;
    } catch (error) {
      if (errorCode(error) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
        throw new JimengError({ kind: 'pictureTooLarge' });
      throw error;
    } finally {
      await hop.close();
    }
  }
  throw new JimengError({ kind: 'downloadFailed', detail: 'ERR_TOO_MANY_REDIRECTS' });
}

/** With a code where there is one: messages may hold the link, and a link is a key to the picture. */
export function failureOf(error: unknown): Failure {
  if (error instanceof NotConnected && error.failure.kind === 'proxyDown') return error.failure;
  return {
    kind: 'downloadFailed',
    detail: errorCode(error) ?? (error instanceof Error ? error.message : String(error)),
  };
}
