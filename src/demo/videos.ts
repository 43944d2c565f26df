import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clip } from './clips.ts';
import { refuseOnPurpose } from './envelope.ts';
import { Links } from './links.ts';
import type { VideoJob } from './video-request.ts';

/** The target of a link. */
export interface Video {
  bytes: Uint8Array;
  /** Whether the connection is cut halfway. */ cut: boolean;
}

/** In the task service's format. */
interface VideoResult {
  url?: string;
  b64_json?: string;
  revised_prompt: string;
  history_id: string;
  item_id: string;
  preview_url: string;
  hq_url: string;
}

interface Target {
  clip: Clip;
  prompt: string;
  quality: 'hq' | 'preview';
  asked: boolean;
}

/** Links to the clips of the demo. */
export class Videos {
  /** The folder of the clips, with a slash at the end. */
  readonly #clips: URL;
  readonly #links = new Links<Target>();

  constructor(clips: URL) {
    this.#clips = clips;
  }

  /**
   * The result of a job, `url` is the link of the better quality. Words in the prompt
   * make something go wrong on purpose:
   * | word | what happens |
   * |---|---|
   * | `#refused` | the content is refused |
   * | `#hq-dead` | the link of the better quality answers 403; the preview is there |
   * | `#broken` | all links are dead |
   * | `#cut` | the first answer of each link ends in the middle; a range request goes on from there |
   * | `#damaged` | the file itself ends in the middle |
   * | `#slow` | takes five times as long (in `service.ts`) |
   */
  async make(
    { prompt, clip, inline }: VideoJob,
    origin: string,
  ): Promise<{ created: number; data: [VideoResult] }> {
    refuseOnPurpose(prompt);
    const link = (quality: Target['quality']) =>
      `${origin}/demo/videos/${this.#links.add({ clip, prompt, quality, asked: false })}.mp4`;
    const [hq, preview] = [link('hq'), link('preview')];
    const about = {
      revised_prompt: prompt,
      history_id: longNumber(),
      item_id: longNumber(),
      preview_url: preview,
      hq_url: hq,
    };
    const video = inline
      ? { b64_json: Buffer.from(await this.#read({ clip, prompt })).toString('base64') }
      : { url: hq };
    return { created: Math.floor(Date.now() / 1_000), data: [{ ...video, ...about }] };
  }

  /** A status if there is no video. */
  async load(id: string): Promise<Video | 403 | 404> {
    const target = this.#links.find(id);
    if (!target || target.prompt.includes('#broken')) return 404;
    if (target.quality === 'hq' && target.prompt.includes('#hq-dead')) return 403;
    const cut = !target.asked && target.prompt.includes('#cut');
    target.asked = true;
    return { bytes: await this.#read(target), cut };
  }

  async #read({ clip, prompt }: Pick<Target, 'clip' | 'prompt'>): Promise<Uint8Array> {
    const bytes = await readFile(new URL(clip.file, this.#clips));
    return prompt.includes('#damaged') ? bytes.subarray(0, bytes.length >> 1) : bytes;
  }
}

/** Numbers too long for JavaScript, like the service's ids. */
function longNumber(): string {
  return `7${String(randomInt(2 ** 47)).padStart(18, '0')}`;
}

/**
 * Answers with a video, or with the rest of it for a single open-ended range, as players and resumed downloads request it
 * (RFC 9110, 13.1.5 and 14). Other ranges are answered with the whole video, as the RFC allows.
 */
export function sendVideo(
  video: Video | 403 | 404,
  headers: IncomingHttpHeaders,
  response: ServerResponse,
): void {
  if (typeof video === 'number') {
    response.writeHead(video).end();
    return;
  }
  const { bytes, cut } = video;
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  const condition = headers['if-range'];
  const from =
    condition === undefined || condition === etag
      ? /^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1]
      : undefined;
  const start = Number(from ?? 0);
  response.setHeader('accept-ranges', 'bytes').setHeader('etag', etag);
  if (start >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const body = bytes.subarray(start);
  response.writeHead(from === undefined ? 200 : 206, {
    'content-type': 'video/mp4',
    'content-length': body.length,
    ...(from !== undefined && {
      'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
    }),
  });
  if (cut) response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  else response.end(body);
}
