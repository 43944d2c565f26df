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
  /** For a model: what it does, and the parameter discipline of seed-skill. */
  description: string;
  input: z.ZodMiniObject;
  /** Of a tool that spends credits: what a call asks for. Throws Refusal where it does not fit. */
  wanted?: (input: unknown) => GenerateOptions;
  annotations: Annotations;
  run: (input: unknown, host: AgentHost, signal: AbortSignal) => Promise<object>;
}

const looks: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
};
/** What is spent does not come back, and a second call spends a second time. */
const spends: Annotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

const discipline =
  'Pass only the parameters that the user named and leave out all others: the defaults are ours. Never infer one from the prompt: words such as "wide" or "portrait" stay in the prompt and are no ratio.';
const ending =
  'One call is enough for a request. When the answer has files, the job is done: tell the user the paths and stop; do not open, read or analyse them. When it has only a task_id, go on with jimeng_get_task, and do not generate again.';

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
    annotations: spends,
    wanted,
    run: async (input, host, signal) => generate(wanted(input), host, signal),
  };
}

/** What agents may call, in the editor and through MCP. */
export const tools: readonly Tool[] = [
  generating(
    {
      name: 'jimeng_generate_image',
      title: 'Generate Image with Jimeng',
      description: `Makes about 4 pictures from text with Jimeng (即梦, Dreamina) and saves them in the user's project as PNG. Spends the user's credits and takes about a minute. ${discipline} Defaults: ${IMAGE_DEFAULTS.model}, ${IMAGE_DEFAULTS.ratio}, ${IMAGE_DEFAULTS.resolution}. ${ending}`,
      input: GenerateImage,
    },
    input => ({ kind: 'image', ...input }),
  ),
  generating(
    {
      name: 'jimeng_transform_image',
      title: 'Transform Images with Jimeng',
      description: `Makes a picture from one or more others and a text with Jimeng (即梦, Dreamina), such as another style or a composition, and saves it in the user's project as PNG. Spends the user's credits and takes about a minute. The given pictures are sent to the user's jimeng-api service. ${discipline} Defaults: ${IMAGE_DEFAULTS.model}, ${IMAGE_DEFAULTS.ratio}, ${IMAGE_DEFAULTS.resolution}. ${ending}`,
      input: TransformImage,
    },
    input => ({ kind: 'image', ...input }),
  ),
  generating(
    {
      name: 'jimeng_generate_video',
      title: 'Generate Video with Jimeng',
      description: `Makes a video from text, or from a first and a last frame, with Jimeng (即梦, Dreamina) and saves it in the user's project as MP4. Spends many of the user's credits and takes from minutes to an hour. ${discipline} Defaults: ${VIDEO_DEFAULTS.model}, ${VIDEO_DEFAULTS.duration} s. ${ending}`,
      input: GenerateVideo,
    },
    input => ({ kind: 'video', ...input }),
  ),
  tool({
    name: 'jimeng_get_task',
    title: 'Look at a Jimeng Task',
    annotations: looks,
    description:
      'Says how a generation of this project stands, after waiting for its result. Use it with the task_id that a generating tool answered, until the answer has files or an error. Costs nothing.',
    input: GetTask,
    run: getTask,
  }),
  tool({
    name: 'jimeng_list_tasks',
    title: 'List Jimeng Tasks',
    annotations: looks,
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
      'Saves what is missing of the pictures or video of a generation that is paid for: after a failed download, a full disk, or a deleted file. Never generates. Links live 2 to 3 hours. Costs nothing.',
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
      'Cancels a generation that still waits, which costs nothing. What the service already works on cannot be stopped. Only if the user asked for it.',
    input: CancelTask,
    run: cancelTask,
  }),
];

/** A tool's input as JSON Schema. */
export function schemaOf({ input }: Tool): { type: 'object'; [key: string]: unknown } {
  const { $schema, ...schema } = z.toJSONSchema(input, { io: 'input' });
  return { ...schema, type: 'object' };
}

/** What a call comes to: short JSON, and whether it is an error. Rejects with the signal's reason when it was aborted. */
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

/** Throws Refusal with what does not fit. */
function parsed<T extends z.ZodMiniType>(schema: T, input: unknown): z.infer<T> {
  const result = z.safeParse(schema, input ?? {}, { error: localeError });
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new Refusal('badInput', `The call does not fit: ${faults.join('; ')}.`);
}
