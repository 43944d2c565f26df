import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { ByteStreamBuffer } from '../images/bytes.ts';
import type { Failure } from '../service/failures/table.ts';
import { JimengError } from '../service/failures/failures.ts';
import { NotConnected, type Network } from '../service/proxy.ts';
import { errorCode } from '../system/files.ts';
import { fetchFollowingRedirects, type RedirectLimits } from './redirects.ts';

const SECOND_MS = 1_000;

export interface RetryLimits {
  /** How many attempts a link gets in total. */
  maxAttempts: number;
  /** How many attempts in a row may bring nothing new. */
  maxStalled: number;
  /** Before the second attempt, doubled for each further one in a row without progress. */
  pauseMs: number;
  /** For all attempts together. */
  totalMs: number;
}

export interface Limits extends Omit<RetryLimits, 'maxStalled'>, RedirectLimits {
  /** For a body of known length: at least this long, plus its length at this many bytes a second. */
  body: { minMs: number; bytesPerSecond: number };
}

const DEFAULT_LIMITS: Limits = {
  maxAttempts: 3,
  pauseMs: 500,
  totalMs: 600 * SECOND_MS,
  body: { minMs: 60 * SECOND_MS, bytesPerSecond: 64 * 1024 }, // slower than any network on which people wait for a picture of some MB
  connectMs: 10 * SECOND_MS,
  idleMs: 30 * SECOND_MS,
  maxBytes: 96 * 1024 * 1024, // far above any picture of the service: the largest 4k PNG has about 40 MiB
};

export interface DownloadOptions {
  signal?: AbortSignal | undefined;
  limits?: Limits;
  /** Called with the expected length each time that the download starts over; undefined if it is unknown. */
  onBegin?: (body: ByteStreamBuffer | undefined) => void;
}

/**
 * Downloads a picture into memory. Throws JimengError (`linkExpired`, `downloadFailed`, `pictureTooLarge`,
 * `addressRefused`, and those of the connection: a proxy, a certificate) or the signal's reason.
 */
export function download(
  url: string,
  network: Network,
  { signal, limits = DEFAULT_LIMITS, onBegin }: DownloadOptions = {},
): Promise<Uint8Array> {
  const headers = { accept: 'image/png,image/webp,image/jpeg,*/*;q=0.5' };
  return retry(
    combined =>
      fetchFollowingRedirects(url, { network, signal: combined, limits, headers }, answer =>
        readBody(answer, limits, onBegin),
      ),
    { ...limits, maxStalled: limits.maxAttempts },
    signal,
  );
}

/**
 * Repeats an attempt while it fails for a temporary reason. Throws JimengError (`downloadFailed`, and what the attempt
 * throws of that kind) or the signal's reason.
 * @param received how many bytes all attempts have received
 */
export async function retry<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  { maxAttempts, maxStalled, pauseMs, totalMs }: RetryLimits,
  signal: AbortSignal | undefined,
  received: () => number = () => 0,
): Promise<T> {
  const timeout = AbortSignal.timeout(totalMs);
  const combined = signal ? AbortSignal.any([signal, timeout]) : timeout;
  for (let count = 1, stalled = 0, before = 0; ; count++) {
    try {
      combined.throwIfAborted();
      return await attempt(combined);
    } catch (error) {
      signal?.throwIfAborted();
      if (timeout.aborted)
        throw new JimengError({ kind: 'downloadFailed', detail: 'ETIMEDOUT' }, { cause: error });
      if (error instanceof JimengError) throw error;
      stalled = received() > before ? 0 : stalled + 1;
      before = received();
      if (count === maxAttempts || stalled === maxStalled)
        throw new JimengError(failureOf(error), { cause: error });
      await delay(pauseMs * 2 ** Math.max(0, stalled - 1), undefined, { signal: combined }).catch(
        () => {
          /* thrown above */
        },
      );
    }
  }
}

/** Prefers an error code: messages may contain the link, and a link is a key to the picture. */
function failureOf(error: unknown): Failure {
  if (error instanceof NotConnected && error.failure.kind === 'proxyDown') return error.failure;
  return {
    kind: 'downloadFailed',
    detail: errorCode(error) ?? (error instanceof Error ? error.message : String(error)),
  };
}

/**
 * The bytes of a body, as they are received, in shared memory: copying some MB at once, here or on the way to a worker,
 * would block this thread. Throws JimengError if it is too slow for too long: another attempt would take as long.
 */
async function readBody(
  { headers, body }: Dispatcher.ResponseData,
  limits: Limits,
  onBegin: DownloadOptions['onBegin'],
): Promise<Uint8Array> {
  const length = Number(headers['content-length'] ?? NaN);
  const known = length <= limits.maxBytes ? sharedBuffer(length) : undefined; // undici rejects a longer one
  onBegin?.(known);
  const parts: Uint8Array[] = [];
  const slow = new JimengError({ kind: 'downloadFailed', detail: 'ETIMEDOUT' });
  const deadline =
    known &&
    setTimeout(
      () => body.destroy(slow),
      limits.body.minMs + (length / limits.body.bytesPerSecond) * SECOND_MS,
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
  const whole = sharedBuffer(parts.reduce((sum, part) => sum + part.length, 0));
  for (const part of parts) whole.add(part);
  return whole.received;
}

function sharedBuffer(bytes: number): ByteStreamBuffer {
  return new ByteStreamBuffer(new Uint8Array(new SharedArrayBuffer(bytes)));
}
