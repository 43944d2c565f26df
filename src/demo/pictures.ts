import type { Artist } from './drawing/artist.ts';
import type { DrawingFormat } from './drawing/encode.ts';
import type { Scene } from './drawing/paint.ts';
import { refuseOnPurpose } from './envelope.ts';
import type { ImageJob } from './image-request.ts';
import { Links } from './links.ts';

const formats: readonly DrawingFormat[] = ['webp', 'webp', 'jpeg', 'png'];
const mimeTypes = { webp: 'image/webp', jpeg: 'image/jpeg', png: 'image/png' } as const;

/** Links to pictures that are drawn on request, always the same: nothing large is stored. */
export class Pictures {
  readonly #artist: Pick<Artist, 'draw'>;
  readonly #links = new Links<{ scene: Scene; format: DrawingFormat }>();
  /** Being drawn, by the link's id: who has waited too long and asks again waits for the same drawing, and adds no other one. */
  readonly #drawings = new Map<string, Promise<Uint8Array>>();

  constructor(artist: Pick<Artist, 'draw'>) {
    this.#artist = artist;
  }

  /**
   * The result of a job. Words in the prompt make something go wrong on purpose:
   * | word | what happens |
   * |---|---|
   * | `#refused` | the content is refused |
   * | `#broken` | the link of the second picture is dead |
   * | `#damaged` | the second picture is cut off |
   * | `#slow` | takes five times as long (in `service.ts`) |
   */
  async make(
    job: ImageJob,
    inputs: readonly string[],
    origin: string,
  ): Promise<{ created: number; data: object[] }> {
    refuseOnPurpose(job.prompt);
    const { prompt, model, width, height, pictures } = job;
    const data = await Promise.all(
      Array.from({ length: pictures }, async (_, index) => {
        const scene = { prompt, model, width, height, index, pictures, inputs };
        const format = formats[index % formats.length] ?? 'webp';
        if (job.inline)
          return {
            b64_json: Buffer.from(await this.#artist.draw(scene, format)).toString('base64'),
          };
        // The extension is always the same, as in the real service: it does not indicate the format.
        return { url: `${origin}/demo/pictures/${this.#links.add({ scene, format })}.png` };
      }),
    );
    return { created: Math.floor(Date.now() / 1_000), data };
  }

  /** Undefined if the link has expired. */
  async load(id: string): Promise<{ type: string; bytes: Uint8Array } | undefined> {
    const entry = this.#links.find(id);
    const second = entry?.scene.index === 1;
    if (!entry || (second && entry.scene.prompt.includes('#broken'))) return undefined;
    const drawing =
      this.#drawings.get(id) ??
      this.#artist.draw(entry.scene, entry.format).finally(() => this.#drawings.delete(id));
    this.#drawings.set(id, drawing);
    const bytes = await drawing;
    const damaged = second && entry.scene.prompt.includes('#damaged');
    return {
      type: mimeTypes[entry.format],
      bytes: damaged ? bytes.subarray(0, bytes.length >> 1) : bytes,
    };
  }
}
