import en from 'zod/v4/locales/en.js';
import * as z from 'zod/mini';
import { IMAGE_DEFAULTS } from '../core/request/models.ts';
import { VIDEO_DEFAULTS } from '../core/request/video-models.ts';
import type { AgentHost } from './host.ts';
import { Refusal, thrown } from './errors.ts';
import { generate, type GenerateOptions } from './generate.ts';
import {
  CancelTask,
  FetchPictures,
  GenerateImage,
  GenerateVideo,
  GetTask,
  ListTasks,
  TransformImage,
} from './inputs.ts';
import { cancelTask, fetchPictures, getTask, listTasks } from './tasks.ts';

/** MCP's hints. */
export interface Annotations {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
}

export interface Tool {
  name: string;
  title: string;
  /** For a model: what it does, and the parameter rules of seed-skill. */
  description: string;
  input: z.ZodMiniObject;
  /** For a tool that spends credits: the request of a call. Throws Refusal if it is invalid. */
  wanted?: (input: unknown) => GenerateOptions;
  annotations: Annotations;
  run: (input: unknown, host: AgentHost, signal: AbortSignal) => Promise<object>;
}

const readOnly: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
};
/** Spent credits do not come back, and a second call spends them again. */
const spendsCredits: Annotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

const parameterRules =
  'Pass only the parameters that the user named and leave out all others: the defaults are ours. Never infer one from the prompt: words such as "wide" or "portrait" stay in the prompt and are not a ratio.';
const resultNote =
  'One call is enough for a request. When the answer has files, the job is done: tell the user the paths and stop; do not open, read or analyse them. When it has only a task_id, continue with jimeng_get_task, and do not generate again.';

type Definition<T extends z.ZodMiniObject> = Pick<Tool, 'name' | 'title' | 'description'> & {
  input: T;
};

function tool<T extends z.ZodMiniObject>(
  definition: Definition<T> &
    Pick<Tool, 'annotations'> & {
      run: (input: z.infer<T>, host: AgentHost, signal: AbortSignal) => Promise<object>;
    },
): Tool {
  const { input, run } = definition;
  return {
    ...definition,
    run: async (given, host, signal) => run(parsed(input, given), host, signal),
  };
}

function generating<T extends z.ZodMiniObject>(
  definition: Definition<T>,
  wantedOf: (input: z.infer<T>) => GenerateOptions,
): Tool {
  const wanted = (input: unknown) => wantedOf(parsed(definition.input, input));
  return {
    ...definition,
    annotations: spendsCredits,
    wanted,
    run: async (input, host, signal) => generate(wanted(input), host, signal),
  };
}

/** The tools for agents, in the editor and through MCP. */
export const tools: readonly Tool[] = [
  generating(
    {
      name: 'jimeng_generate_image',
      title: 'Generate Image with Jimeng',
      description: `Makes about 4 pictures from text with Jimeng (即梦, Dreamina) and saves them in the user's project as PNG. Spends the user's credits and takes about a minute. ${parameterRules} Defaults: ${IMAGE_DEFAULTS.model}, ${IMAGE_DEFAULTS.ratio}, ${IMAGE_DEFAULTS.resolution}. ${resultNote}`,
      input: GenerateImage,
    },
    input => ({ kind: 'image', ...input }),
  ),
  generating(
    {
      name: 'jimeng_transform_image',
      title: 'Transform Images with Jimeng',
      description: `Makes a picture from one or more others and a text with Jimeng (即梦, Dreamina), such as another style or a composition, and saves it in the user's project as PNG. Spends the user's credits and takes about a minute. The given pictures are sent to the user's jimeng-api service. ${parameterRules} Defaults: ${IMAGE_DEFAULTS.model}, ${IMAGE_DEFAULTS.ratio}, ${IMAGE_DEFAULTS.resolution}. ${resultNote}`,
      input: TransformImage,
    },
    input => ({ kind: 'image', ...input }),
  ),
  generating(
    {
      name: 'jimeng_generate_video',
      title: 'Generate Video with Jimeng',
      description: `Makes a video from text, or from a first and a last frame, with Jimeng (即梦, Dreamina) and saves it in the user's project as MP4. Spends many of the user's credits and takes from minutes to an hour. ${parameterRules} Defaults: ${VIDEO_DEFAULTS.model}, ${VIDEO_DEFAULTS.duration} s. ${resultNote}`,
      input: GenerateVideo,
    },
    input => ({ kind: 'video', ...input }),
  ),
  tool({
    name: 'jimeng_get_task',
    title: 'Show a Jimeng Task',
    annotations: readOnly,
    description:
      'Shows the status of a generation of this project, after waiting for its result. Use it with the task_id that a generating tool returned, until the answer has files or an error. Costs nothing.',
    input: GetTask,
    run: getTask,
  }),
  tool({
    name: 'jimeng_list_tasks',
    title: 'List Jimeng Tasks',
    annotations: readOnly,
    description:
      'Lists the generations of this project, newest first, with their ids, states and files. Costs nothing.',
    input: ListTasks,
    run: listTasks,
  }),
  tool({
    name: 'jimeng_fetch_pictures',
    title: 'Fetch Missing Jimeng Pictures',
    annotations: {
      readOnlyHint: false,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true,
    },
    description:
      'Saves the missing pictures or video of a paid generation: after a failed download, a full disk, or a deleted file. Never generates. Links last 2 to 3 hours. Costs nothing.',
    input: FetchPictures,
    run: fetchPictures,
  }),
  tool({
    name: 'jimeng_cancel_task',
    title: 'Cancel a Jimeng Task',
    annotations: {
      readOnlyHint: false,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true,
    },
    description:
      'Cancels a generation that is still waiting, which costs nothing. What the service is already working on cannot be stopped. Only if the user asked for it.',
    input: CancelTask,
    run: cancelTask,
  }),
];

/** A tool's input as JSON Schema. */
export function schemaOf({ input }: Tool): { type: 'object'; [key: string]: unknown } {
  const { $schema, ...schema } = z.toJSONSchema(input, { io: 'input' });
  return { ...schema, type: 'object' };
}

/** The result of a call: short JSON, and whether it is an error. Rejects with the signal's reason if it was aborted. */
export async function callTool(
  { run }: Tool,
  input: unknown,
  host: AgentHost,
  signal: AbortSignal,
): Promise<{ text: string; isError: boolean }> {
  let result: object;
  try {
    result = await run(input, host, signal);
  } catch (error) {
    signal.throwIfAborted();
    result = { error: thrown(error, host) };
  }
  return { text: await host.redact(JSON.stringify(result)), isError: 'error' in result };
}

const { localeError } = en();

/** Throws Refusal with what is invalid. */
function parsed<T extends z.ZodMiniType>(schema: T, input: unknown): z.infer<T> {
  const result = z.safeParse(schema, input ?? {}, { error: localeError });
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new Refusal('badInput', `The call does not fit: ${faults.join('; ')}.`);
}
