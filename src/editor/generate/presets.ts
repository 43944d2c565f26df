import * as z from 'zod/mini';
import { optionFields } from '../../core/request/option-values.ts';
import type { GenerationRequest } from '../../core/request/schema.ts';
import { SharedFile } from '../../core/system/shared-file.ts';
import type { Options } from './wizard/draft.ts';

const Preset = z.object({
  name: z.string(),
  /** The kind of request that it is for. */
  kind: z._default(z.enum(['image', 'video']), 'image'),
  /** Options of a picture or video request; its inputs are not kept. */
  options: z.omit(z.object({ ...optionFields('image'), ...optionFields('video') }), {
    omniReference: true,
  }),
});
export interface Preset {
  name: string;
  kind: Kind;
  options: Options;
}
type Kind = GenerationRequest['kind'];
const Stored = z.array(z.unknown());

/** Options that the person saved under a name; all windows share them. */
export class Presets {
  readonly #file: SharedFile<typeof Stored>;

  /** @param path on a local disk */
  constructor(path: string) {
    this.#file = new SharedFile(path, Stored);
  }

  /** Sorted by name. */
  async all(kind: Kind): Promise<Preset[]> {
    return presetsIn(await this.#file.read())
      .filter(preset => preset.kind === kind)
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  async save(preset: Preset): Promise<void> {
    await this.#file.update(stored => [...without(stored, preset.kind, preset.name), preset]);
  }

  async remove(kind: Kind, name: string): Promise<void> {
    await this.#file.update(stored => without(stored, kind, name));
  }
}

/** Invalid entries, as from a later version, are left out. */
function presetsIn(stored: readonly unknown[] = []): Preset[] {
  return stored
    .map(value => z.safeParse(Preset, value))
    .flatMap(parsed => (parsed.success ? [parsed.data] : []));
}

function without(stored: readonly unknown[] | undefined, kind: Kind, name: string): Preset[] {
  return presetsIn(stored).filter(preset => preset.kind !== kind || preset.name !== name);
}
