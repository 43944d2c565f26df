import { randomUUID } from 'node:crypto';
import type { Artist } from './drawing/artist.ts';
import type { DrawingFormat } from './drawing/encode.ts';
import type { Scene } from './drawing/paint.ts';
import { ServiceFault } from './envelope.ts';
import type { ImageOrder } from './image-request.ts';

/** The real service's links die after 2 to 3 hours; in ms. */
const linksLive = 2 * 60 * 60 * 1_000;
const formats: readonly DrawingFormat[] = ['webp', 'webp', 'jpeg', 'png'];
const mimeTypes = { webp: 'image/webp', jpeg: 'image/jpeg', png: 'image/png' } as const;

/** Links to pictures that are drawn, always the same, when somebody asks for them: nothing large is kept. */
export class Pictures {
  readonly #artist: Artist;
  readonly #scenes = new Map<string, { scene: Scene; format: DrawingFormat; expires: number }>();

  constructor(artist: Artist) {
    this.#artist = artist;
  }

  /**
   * The result of an order. Words in the prompt make something go wrong on purpose:
   * | word | what happens |
   * |---|---|
   * | `#refused` | the content is refused |
   * | `#broken` | the link of the second picture is dead |
   * | `#damaged` | the second picture is cut off |
   * | `#slow` | takes five times as long (in `service.ts`) |
   */
  async make(order: ImageOrder, inputs: readonly string[], origin: string): Promise<{ created: number; data: object[] }> {
    if (order.prompt.includes('#refused')) { throw new ServiceFault(-2006, '[内容违规]: risk not pass 错误码: 2038'); }
    const { prompt, model, width, height, pictures } = order;
    const data = await Promise.all(Array.from({ length: pictures }, async (_, index) => {
      const scene = { prompt, model, width, height, index, pictures, inputs };
      const format = formats[index % formats.length] ?? 'webp';
      if (order.inline) { return { b64_json: Buffer.from(await this.#artist.draw(scene, format)).toString('base64') }; }
      // The extension is always the same, as in the real service: it does not tell the format.
      return { url: `${origin}/demo/pictures/${this.#remember(scene, format)}.png` };
    }));
    return { created: Math.floor(Date.now() / 1_000), data };
  }

  /** Undefined when the link is dead. */
  async load(id: string): Promise<{ type: string; bytes: Uint8Array } | undefined> {
    const entry = this.#scenes.get(id);
    const second = entry?.scene.index === 1;
    if (!entry || entry.expires < Date.now() || second && entry.scene.prompt.includes('#broken')) { return undefined; }
    const bytes = await this.#artist.draw(entry.scene, entry.format);
    const damaged = second && entry.scene.prompt.includes('#damaged');
    return { type: mimeTypes[entry.format], bytes: damaged ? bytes.subarray(0, bytes.length >> 1) : bytes };
  }

  #remember(scene: Scene, format: DrawingFormat): string {
    const now = Date.now();
    for (const [id, { expires }] of this.#scenes) {
      if (expires < now) { this.#scenes.delete(id); }
    }
    const id = randomUUID();
    this.#scenes.set(id, { scene, format, expires: now + linksLive });
    return id;
  }
}
