import * as l10n from '@vscode/l10n';
import * as z from 'zod/mini';
import { joinSentences } from '../service/failures/failures.ts';
import type { Note } from './checked.ts';
import { didYouMeanValue } from './closest.ts';
import type { Choice, Chosen, Kind, Made, OptionRow } from './option.ts';
import { byService } from './option-choices.ts';
import { optionTable } from './options.ts';

type Table = typeof optionTable;
export type OptionName = keyof Table;
interface Values {
  text: string;
  number: number;
  boolean: boolean;
}
type OptionValue<N extends OptionName> = Values[Table[N]['type']];

/** The names of the options of a kind of request. */
type NameOf<K extends Kind> = {
  [N in OptionName]: K extends Table[N]['kinds'][number] ? N : never;
}[OptionName];

/** The options of a kind of request: only what was chosen is there. */
export type OptionsOf<K extends Kind> = { [N in NameOf<K>]?: OptionValue<N> | undefined };

/** What the service is sent of them. */
export type BodyOf<K extends Kind> = {
  [
    N in NameOf<K> as Table[N] extends { field: infer F extends string } ? F : never
  ]?: Table[N] extends { sent: infer S } ? S : OptionValue<N>;
};

interface Schemas {
  text: z.ZodMiniString;
  number: z.ZodMiniNumber;
  boolean: z.ZodMiniBoolean;
}
type FieldsOf<N extends OptionName> = { [M in N]: z.ZodMiniOptional<Schemas[Table[M]['type']]> };
/** Those that agents may choose. */
export type AgentFields<K extends Kind> = FieldsOf<
  { [N in NameOf<K>]: Table[N] extends { agents: object } ? N : never }[NameOf<K>]
>;
const schemas = { text: () => z.string(), number: () => z.number(), boolean: () => z.boolean() };

export type NamedRow = OptionRow & { name: OptionName };

/** Each row with its name, in the order of the table; of one kind of request, or all. */
export function optionRows(kind?: Kind): NamedRow[] {
  return Object.entries(optionTable as Record<string, OptionRow>)
    .filter(([, { kinds }]) => kind === undefined || kinds.includes(kind))
    .map(([name, row]) => ({ ...row, name: name as OptionName }));
}

/** The fields of a request's schema. */
export function optionFields<K extends Kind>(kind: K): FieldsOf<NameOf<K>> {
  return Object.fromEntries(
    optionRows(kind).map(({ name, type }) => [name, z.optional<z.ZodMiniType>(schemas[type]())]),
  ) as FieldsOf<NameOf<K>>;
}

/** The fields of the service's body. What is undefined is left out. */
export function bodyOf<K extends Kind>(kind: K, chosen: OptionsOf<K>): BodyOf<K> {
  const values = chosen as Partial<Record<OptionName, Choice['value']>>;
  return Object.fromEntries(
    optionRows(kind).flatMap(({ name, field, sent }) => {
      const value = values[name];
      if (field === undefined || value === undefined) return [];
      return sent === undefined ? [[field, value]] : value === true ? [[field, sent]] : [];
    }),
  ) as BodyOf<K>;
}

/** Why a value is refused, as a sentence. */
export function faultOf(
  row: OptionRow,
  value: Choice['value'] | undefined,
  kind: Kind,
): string | undefined {
  const { type, fits, rule = numberRule(row) } = row;
  const values = row.values?.[kind];
  const isFit =
    value === undefined ||
    (type === 'number'
      ? isNumberFor(row, value as number)
      : (values?.includes(value as string) ?? fits?.(value as string) ?? true));
  if (isFit) return undefined;
  const refusal = rule(String(value), values?.join(', ') ?? '');
  return values ? joinSentences(refusal, didYouMeanValue(String(value), values)) : refusal;
}

function isNumberFor({ range, integer }: OptionRow, value: number): boolean {
  return (
    (integer ? Number.isInteger(value) : Number.isFinite(value)) &&
    (range === undefined || (value >= range[0] && value <= range[1]))
  );
}

/** What is said of a number that is none, where its row has no rule of its own. */
function numberRule({ integer, label }: OptionRow): () => string {
  return () =>
    integer ? l10n.t('{0} is a whole number.', label()) : l10n.t('{0} is a number.', label());
}

/** The first option that is refused whatever the model and the inputs are. */
export function refuseOptions(request: { kind: Kind }): Note | undefined {
  const values = request as Partial<Record<OptionName, Choice['value']>>;
  for (const row of optionRows(request.kind)) {
    const message = faultOf(row, values[row.name], request.kind);
    if (message !== undefined) return { kind: row.refusal ?? row.name, message };
  }
  return undefined;
}

/** The option that a refusal is about. */
export function optionOfRefusal(kind: string): OptionName | undefined {
  return optionRows().find(({ name, refusal = name }) => refusal === kind)?.name;
}

/** What was chosen, for people: each option with its label and its value. */
export function chosenTexts(kind: Kind, request: object): (NamedRow & { value: string })[] {
  const values = request as Partial<Record<OptionName, Choice['value']>>;
  return optionRows(kind).flatMap(row => {
    const value = values[row.name];
    const text = value === undefined ? undefined : row.text ? row.text(value) : String(value);
    return text === undefined ? [] : [{ ...row, value: text }];
  });
}

/** Options without those that are words of the person's own. */
export function withoutWords<T extends object>(options: T): T {
  const words = new Set<string>(optionRows().flatMap(row => (row.words ? [row.name] : [])));
  return Object.fromEntries(Object.entries(options).filter(([name]) => !words.has(name))) as T;
}

/** What an option stands at, for people. @param made what the service will make of the request, where it is known */
export function shownText(row: NamedRow, request: Chosen, made: Made | undefined): string {
  const { [row.name]: value = row.usual?.(request) } = request as Partial<
    Record<OptionName, Choice['value']>
  >;
  if (row.shown) return row.shown(request, made);
  if (value === undefined) return row.none?.() ?? byService();
  return row.text?.(value) ?? String(value);
}

/** A line such as `strength 0.4`. */
export function briefText({ label, brief, value }: OptionRow & { value: string }): string {
  return brief?.(value) ?? l10n.t('{0}: {1}', label(), value);
}
