import type * as vscode from 'vscode';
import * as z from 'zod/mini';
import { ImageRequest } from '../core/request.ts';
import type { Options } from './wizard/draft.ts';

const key = 'presets';

const Preset = z.object({ name: z.string(), options: z.omit(ImageRequest, { kind: true, prompt: true, images: true }) });
export interface Preset { name: string; options: Options }

/** Options that the person gave a name. */
export class Presets {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** By name; what does not fit, as from a later version, is left out. */
  all(): Preset[] {
    const kept = this.#memory.get<unknown>(key);
    const presets = (Array.isArray(kept) ? kept : []).map(value => z.safeParse(Preset, value)).flatMap(parsed => parsed.success ? [parsed.data] : []);
    return presets.sort((a, b) => a.name.localeCompare(b.name));
  }

  save(preset: Preset): Thenable<void> {
    return this.#memory.update(key, [...this.#without(preset.name), preset]);
  }

  remove(name: string): Thenable<void> {
    return this.#memory.update(key, this.#without(name));
  }

  #without(name: string): Preset[] {
    return this.all().filter(preset => preset.name !== name);
  }
}
