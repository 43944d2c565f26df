import type { Region } from './models.ts';

export type Kind = 'image' | 'video';

/** The part of a request by which an option is described. */
export interface Chosen {
  kind: Kind;
  model?: string | undefined;
  ratio?: string | undefined;
  resolution?: string | undefined;
  duration?: number | undefined;
  intelligentRatio?: boolean | undefined;
  omniReference?: boolean | undefined;
  images?: readonly unknown[] | undefined;
}

/** What the service will make of it, where it is known. */
export interface Made {
  ratio: string;
  resolution: string;
  width: number;
  height: number;
}

export interface Choice {
  value: string | number | boolean;
  /** The value itself where none is given. */
  label?: string;
  description?: string;
  /** What it is good for, as a sentence. */
  about?: string;
  /** Why it cannot be chosen. */
  unavailable?: string;
}

export interface OptionRow {
  /** The requests that have it. */
  kinds: readonly Kind[];
  type: 'text' | 'number' | 'boolean';
  /** Its name in the body of a request to the service; `callback_url` is added when it is sent. */
  field?: string;
  /** What the service is sent for `true`. */
  sent?: string;
  /** Of a number. */
  range?: readonly [min: number, max: number];
  /** Of a number: whether it is a whole one. */
  integer?: true;
  /** Of a text: all that the service knows. */
  values?: Partial<Record<Kind, readonly string[]>>;
  /** Of a text: whether it is accepted. */
  fits?: (text: string) => boolean;
  /** What is said where a value is not one of `values`, outside of `range` or does not fit; a number without a range needs none. */
  rule?: (value: string, values: string) => string;
  /** The kind of that refusal, where it is not the name of the option. */
  refusal?: string;
  /** Of a text: the person's own words, which the gallery searches, and which are left out of pictures where the prompt is. */
  words?: true;
  /** Whether a setting `jimeng.NAME` chooses it for pictures. */
  setting?: true;

  label: () => string;
  /** A codicon. */
  icon: string;
  /** What can be picked; without it the wizard asks for a text or a number, and switches a boolean. */
  choices?: (chosen: Chosen, region: Region) => Choice[];
  /** The choice that counts where none was made. */
  usual?: (chosen: Chosen) => Choice['value'] | undefined;
  /** What a choice changes beside. */
  implies?: (value: Choice['value'], chosen: Chosen) => { model: string } | undefined;
  /** What it does, in a few words, where its name does not say so; shown while it is not chosen. */
  about?: () => string;
  /** What the wizard asks for. */
  ask?: () => string;
  /** What the wizard shows; else the value or `none`. */
  shown?: (chosen: Chosen, made: Made | undefined) => string;
  /** Where nothing is chosen; "chosen by the service" where it is not given. */
  none?: () => string;
  /** A value that was chosen, for people; undefined where there is nothing to tell. */
  text?: (value: Choice['value']) => string | undefined;
  /** The same with the option's name, in a short line. */
  brief?: (value: string) => string;
  /** Whether the line that sums a task up has it already, or it is nobody else's business: no line of its own in a tooltip. */
  unlisted?: true;

  /** The terminal: what stands for its value, and its help. */
  usage?: () => string;
  help: Partial<Record<Kind, () => string>>;
  /** What agents are told, in English. Without it they cannot choose it. */
  agents?: Partial<Record<Kind, string>>;
}
