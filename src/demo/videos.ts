import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clip } from './clips.ts';
import { refuseOnPurpose } from './envelope.ts';
import { Links } from './links.ts';
import type { VideoJob } from './video-request.ts';

/** What is behind a link. */
export interface Video {
  bytes: Uint8Array;
  /** Whether the connection is cut in the middle. */ cut: boolean;
}

/** As the task service tells it. */
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
   * The result of an order, `url` is the link of the better quality. Words in the prompt
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

  /** A status where there is no video. */
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

/** Digits that no JavaScript number holds, as the service's ids have them. */
function longNumber(): string {
  return `7${String(randomInt(2 ** 47)).padStart(18, '0')}`;
}
