import type * as vscode from 'vscode';
import * as z from 'zod/mini';
import { optionFields } from '../../core/request/option-values.ts';
import type { GenerationRequest } from '../../core/request/schema.ts';
import type { Options } from './wizard/draft.ts';

const key = 'presets';

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

/** Options that the person saved under a name. */
export class Presets {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** By name. */
  all(kind: Kind): Preset[] {
    return this.#read().filter(preset => preset.kind === kind);
  }

  save(preset: Preset): Thenable<void> {
    return this.#memory.update(key, [...this.#without(preset.kind, preset.name), preset]);
  }

  remove(kind: Kind, name: string): Thenable<void> {
    return this.#memory.update(key, this.#without(kind, name));
  }

  /** Invalid entries, as from a later version, are left out. */
  #read(): Preset[] {
    const kept = this.#memory.get<unknown>(key);
    const presets = (Array.isArray(kept) ? kept : [])
      .map(value => z.safeParse(Preset, value))
      .flatMap(parsed => (parsed.success ? [parsed.data] : []));
    return presets.sort((a, b) => a.name.localeCompare(b.name));
  }

  #without(kind: Kind, name: string): Preset[] {
    return this.#read().filter(preset => preset.kind !== kind || preset.name !== name);
  }
}
