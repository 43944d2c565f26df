import { open, type FileHandle } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { failureOf, fetchFollowingRedirects } from './download.ts';
import type { RedirectLimits } from './redirects.ts';
import { inFolder } from './save-results.ts';
import { JimengError } from '../service/failures/failures.ts';
import type { Network } from '../service/proxy.ts';

const SECOND_MS = 1_000;

export interface VideoLimits extends RedirectLimits {
  /** How often in a row a link may bring nothing new. */
  barren: number;
  /** How often it is tried at all. */
  attempts: number;
  /** Before the second attempt, and twice as long before each further one in a row that brought nothing; in ms. */
  pause: number;
  /** For all attempts together; in ms. */
  total: number;
}

const usual: VideoLimits = {
  barren: 3,
  attempts: 50,
  pause: 500,
  total: 7_200 * SECOND_MS, // no link lives longer (service-contract, Times)
  connect: 10 * SECOND_MS,
  idle: 30 * SECOND_MS,
  bytes: 2 * 1024 * 1024 * 1024,
};

/** How much has arrived; in bytes, the total where the server tells it. */
export interface Received {
  received: number;
  total?: number | undefined;
}

/** `3.2 / 12.4 MB`, the same in every language. */
export function megabytes({ received, total }: Received): string {
  const inMegabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1);
  return `${inMegabytes(received)}${total === undefined ? '' : ` / ${inMegabytes(total)}`} MB`;
}

export interface VideoDownload {
  network: Network;
  signal?: AbortSignal;
  onBytes?: (bytes: Received) => void;
  limits?: VideoLimits;
}

/**
 * Loads a video into a file, and goes on where a connection was cut off. The first link that is not dead is taken; each
 * is a stranger's, as in `download`. Throws JimengError (`linkExpired`, `downloadFailed`, `pictureTooLarge`,
 * `addressRefused`, `diskFull`, `folderNotWritable`) or the signal's reason.
 */
export async function downloadVideo(
  links: readonly [string, ...string[]],
  path: string,
  { network, signal, onBytes, limits = usual }: VideoDownload,
): Promise<void> {
  const end = AbortSignal.timeout(limits.total);
  const file = await inFolder(open(path, 'w', 0o600));
  try {
    for (const [index, url] of links.entries()) {
      try {
        await new Part(url, file, { network, limits, onBytes }).load(signal, end);
        return;
      } catch (error) {
        const next =
          error instanceof JimengError &&
          error.failure.kind === 'linkExpired' &&
          index + 1 < links.length;
        if (!next) throw error;
      }
    }
  } finally {
    await file.close();
  }
}

/** What has arrived of one link. */
class Part {
  readonly #url: string;
  readonly #file: FileHandle;
  readonly #network: Network;
  readonly #limits: VideoLimits;
  readonly #onBytes: VideoDownload['onBytes'];
  #received = 0;
  #total: number | undefined;
  /** Tells that the rest belongs to what has arrived; without one it is loaded anew. */
  #validator: string | undefined;

  constructor(
    url: string,
    file: FileHandle,
    {
      network,
      limits,
      onBytes,
    }: { network: Network; limits: VideoLimits; onBytes: VideoDownload['onBytes'] },
  ) {
    this.#url = url;
    this.#file = file;
    this.#network = network;
    this.#limits = limits;
    this.#onBytes = onBytes;
  }

  async load(signal: AbortSignal | undefined, end: AbortSignal): Promise<void> {
    const limits = this.#limits;
    const ends = signal ? AbortSignal.any([signal, end]) : end;
    for (let attempts = 1, barren = 0, most = 0; ; attempts++) {
      try {
        await this.#attempt(ends);
        return;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof JimengError) throw error;
        barren = this.#received > most ? 0 : barren + 1;
        most = Math.max(most, this.#received);
        if (end.aborted || attempts === limits.attempts || barren === limits.barren)
          throw new JimengError(failureOf(error), { cause: error });
        await delay(limits.pause * 2 ** barren, undefined, { signal: ends }).catch(() => {
          /* told by the next attempt */
        });
      }
    }
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    const resume = this.#received > 0 &&
      this.#validator !== undefined && {
        range: `bytes=${this.#received}-`,
        'if-range': this.#validator,
      };
    await fetchFollowingRedirects(
      this.#url,
      {
        network: this.#network,
        signal,
        limits: this.#limits,
        headers: { accept: 'video/mp4,*/*;q=0.5', ...resume },
      },
      async ({ statusCode, headers, body }) => {
        this.#begin(statusCode, headers);
        for await (const chunk of body as AsyncIterable<Buffer>) {
          await inFolder(this.#file.write(chunk, 0, chunk.length, this.#received));
          this.#received += chunk.length;
          this.#onBytes?.({
            received: this.#received,
            ...(this.#total !== undefined && { total: this.#total }),
          });
        }
      },
    );
    if (this.#total !== undefined && this.#received !== this.#total) throw new Error('cut off');
    await inFolder(this.#file.truncate(this.#received));
  }

  #begin(status: number, headers: IncomingHttpHeaders): void {
    if (status === 206) {
      const [, from, , total] =
        /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
      const fits =
        Number(from) === this.#received &&
        (this.#total === undefined || total === '*' || Number(total) === this.#total);
      if (fits) return;
      this.#validator = undefined; // the next attempt begins anew
      throw new Error('another range');
    }
    this.#received = 0;
    const length = headers['content-length'];
    this.#total = length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
    if ((this.#total ?? 0) > this.#limits.bytes) throw new JimengError({ kind: 'pictureTooLarge' });
    const { etag } = headers;
    this.#validator = etag?.startsWith('"') ? etag : headers['last-modified'];
  }
}
