import * as z from 'zod/mini';
import { MAX_INPUTS } from '../core/request/models.ts';
import type { Kind, OptionRow } from '../core/request/option.ts';
import { optionRows, type AgentFields } from '../core/request/option-values.ts';
import { MATERIAL_LIMITS } from '../core/request/video-models.ts';

/** How long a call waits for a result by default, and at most; in s. Many clients give up on a call after 60 s. */
const wait = { usual: 45, longest: 600 };

const about = (text: string) => z.describe<string>(text);
const prompt = z
  .string()
  .check(
    z.minLength(1),
    about(
      "What to make, in the user's own words and language. Do not translate, extend or embellish it unasked.",
    ),
  );
const folder = z.optional(
  z
    .string()
    .check(
      z.minLength(1),
      about(
        "Only if the user named a folder; relative to the project. Left out: the project's usual one.",
      ),
    ),
);
const waitSeconds = z.optional(
  z
    .int()
    .check(
      z.minimum(0),
      z.maximum(wait.longest),
      z.describe(
        `How long to wait for the result before answering with the task's id; ${wait.usual} unless given.`,
      ),
    ),
);
const taskId = z.string().check(z.minLength(1), about('As another tool answered it.'));

/** The options of the table that agents may choose. */
function optionsFor<K extends Kind>(kind: K): AgentFields<K> {
  return Object.fromEntries(
    optionRows(kind).flatMap(row => {
      const text = row.agents?.[kind];
      return text === undefined ? [] : [[row.name, z.optional(schemaOf(row, kind, text))]];
    }),
  ) as AgentFields<K>;
}

function schemaOf({ type, values, range, integer }: OptionRow, kind: Kind, text: string) {
  const allowed = values?.[kind];
  if (allowed) return z.enum(allowed).check(about(text));
  if (type === 'text') return z.string().check(about(text));
  if (type === 'boolean') return z.boolean().check(z.describe(text));
  const number = integer ? z.int() : z.number();
  return range
    ? number.check(z.minimum(range[0]), z.maximum(range[1]), z.describe(text))
    : number.check(z.describe(text));
}

const places = 'Paths in the project, or http(s) addresses.';

export const GenerateImage = z.strictObject({
  prompt,
  ...optionsFor('image'),
  folder,
  waitSeconds,
});

export const TransformImage = z.strictObject({
  prompt,
  images: z
    .array(z.string())
    .check(
      z.minLength(1),
      z.maxLength(MAX_INPUTS),
      z.describe(`The pictures to make others from, in their order. ${places}`),
    ),
  ...optionsFor('image'),
  folder,
  waitSeconds,
});

export const GenerateVideo = z.strictObject({
  prompt,
  images: z.optional(
    z
      .array(z.string())
      .check(
        z.minLength(1),
        z.maxLength(MATERIAL_LIMITS.stock.all),
        z.describe(
          `Only if the user named them: the first frame, or the first and the last. ${places}`,
        ),
      ),
  ),
  ...optionsFor('video'),
  folder,
  waitSeconds,
});

export const GetTask = z.strictObject({ taskId, waitSeconds });

export const ListTasks = z.strictObject({
  limit: z.optional(
    z
      .int()
      .check(z.minimum(1), z.maximum(50), z.describe('How many, newest first; 10 unless given.')),
  ),
  unfinished: z.optional(z.boolean().check(z.describe('Only those that are not done yet.'))),
});

export const CancelTask = z.strictObject({ taskId });

export const FetchPictures = z.strictObject({
  taskId,
  folder: z.optional(
    z
      .string()
      .check(
        z.minLength(1),
        about(
          'Only if the user named another folder; relative to the project. Left out: the one that the task had.',
        ),
      ),
  ),
  waitSeconds,
});

/** The wait of a call, in ms. */
export function waitOf(seconds: number | undefined): number {
  return (seconds ?? wait.usual) * 1_000;
}
