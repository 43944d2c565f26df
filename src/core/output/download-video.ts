import { open, type FileHandle } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { JimengError } from '../service/failures/failures.ts';
import type { Network } from '../service/proxy.ts';
import { retry, type RetryLimits } from './download.ts';
import { fetchFollowingRedirects, type RedirectLimits } from './redirects.ts';
import { inFolder } from './save-results.ts';

const SECOND_MS = 1_000;

export interface VideoLimits extends RetryLimits, RedirectLimits {}

const DEFAULT_LIMITS: VideoLimits = {
  maxStalled: 3,
  maxAttempts: 50,
  pauseMs: 500,
  totalMs: 7_200 * SECOND_MS, // no link lives longer (service-contract, Times)
  connectMs: 10 * SECOND_MS,
  idleMs: 30 * SECOND_MS,
  maxBytes: 2 * 1024 * 1024 * 1024,
};

/** How much was received; in bytes, the total where the server tells it. */
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
 * Downloads a video into a file, and resumes after a broken connection. Uses the first link that is alive. Throws
 * JimengError (`linkExpired`, `downloadFailed`, `pictureTooLarge`, `addressRefused`, `diskFull`, `folderNotWritable`) or
 * the signal's reason.
 */
export async function downloadVideo(
  links: readonly string[],
  path: string,
  { network, signal, onBytes, limits = DEFAULT_LIMITS }: VideoDownload,
): Promise<void> {
  const file = await inFolder(open(path, 'w', 0o600));
  try {
    const video = new PartialVideo(links, file, { network, limits, ...(onBytes && { onBytes }) });
    await retry(
      combined => video.load(combined),
      limits,
      signal,
      () => video.progress,
    );
  } finally {
    await file.close();
  }
}

interface PartialVideoOptions extends Omit<VideoDownload, 'signal'> {
  limits: VideoLimits;
}

/** The part of a video that has been received. */
class PartialVideo {
  readonly #links: string[];
  readonly #file: FileHandle;
  readonly #options: PartialVideoOptions;
  /** The most bytes that any attempt has received, of any link. */
  progress = 0;
  #received = 0;
  #most = 0;
  #total: number | undefined;
  /** The validator that ties the rest to the received part; without one the download starts over. */
  #validator: string | undefined;

  constructor(links: readonly string[], file: FileHandle, options: PartialVideoOptions) {
    this.#links = [...links];
    this.#file = file;
    this.#options = options;
  }

  /** Continues with the first link; a dead one gives way to the next. */
  async load(signal: AbortSignal): Promise<void> {
    for (const link of [...this.#links]) {
      try {
        await this.#loadFrom(link, signal);
        return;
      } catch (error) {
        const isDead = error instanceof JimengError && error.failure.kind === 'linkExpired';
        if (!isDead || this.#links.length === 1) throw error;
        this.#links.shift();
        this.#received = this.#most = 0;
        this.#validator = undefined;
      }
    }
  }

  async #loadFrom(link: string, signal: AbortSignal): Promise<void> {
    const resume = this.#received > 0 &&
      this.#validator !== undefined && {
        range: `bytes=${this.#received}-`,
        'if-range': this.#validator,
      };
    const { network, limits, onBytes } = this.#options;
    await fetchFollowingRedirects(
      link,
      { network, signal, limits, headers: { accept: 'video/mp4,*/*;q=0.5', ...resume } },
      async ({ statusCode, headers, body }) => {
        this.#begin(statusCode, headers);
        for await (const chunk of body as AsyncIterable<Buffer>) {
          await inFolder(this.#file.write(chunk, 0, chunk.length, this.#received));
          this.#received += chunk.length;
          this.progress += Math.max(0, this.#received - this.#most);
          this.#most = Math.max(this.#most, this.#received);
          onBytes?.({
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
      this.#validator = undefined; // the next attempt starts over
      throw new Error('another range');
    }
    this.#received = 0;
    const length = headers['content-length'];
    this.#total = length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
    if ((this.#total ?? 0) > this.#options.limits.maxBytes)
      throw new JimengError({ kind: 'pictureTooLarge' });
    const { etag } = headers;
    this.#validator = etag?.startsWith('"') ? etag : headers['last-modified'];
  }
}
