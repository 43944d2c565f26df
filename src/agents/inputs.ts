import * as z from 'zod/mini';
import {
  IMAGE_DEFAULTS,
  imageModels,
  MAX_INPUTS,
  ratios,
  resolutions,
} from '../core/request/models.ts';
import {
  MATERIAL_LIMITS,
  VIDEO_DEFAULTS,
  videoModels,
  videoRatios,
  videoResolutions,
} from '../core/request/video-models.ts';

/** How long a call waits for a result unless told otherwise, and at most; in s. Many clients give a call up after 60 s. */
const wait = { usual: 45, longest: 600 };

/** seed-skill, Parameter Usage Guidelines. */
const onlyNamed = 'Only if the user named one; never infer it from the prompt.';

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

const imageOptions = {
  model: z.optional(
    z
      .string()
      .check(
        about(
          `${onlyNamed} Left out: ${IMAGE_DEFAULTS.model}. Known: ${imageModels.map(({ id }) => id).join(', ')}.`,
        ),
      ),
  ),
  ratio: z.optional(
    z.enum(ratios).check(about(`Width to height. ${onlyNamed} Left out: ${IMAGE_DEFAULTS.ratio}.`)),
  ),
  resolution: z.optional(
    z
      .enum(resolutions)
      .check(about(`${onlyNamed} Left out: ${IMAGE_DEFAULTS.resolution}. 4k costs more.`)),
  ),
  negativePrompt: z.optional(
    z.string().check(about(`What should not be in the picture. ${onlyNamed}`)),
  ),
  sampleStrength: z.optional(z.number().check(z.minimum(0), z.maximum(1), z.describe(onlyNamed))),
  intelligentRatio: z.optional(
    z
      .boolean()
      .check(
        z.describe(
          'Let the service choose the ratio by words in the prompt. Only if the user asked for that.',
        ),
      ),
  ),
  folder,
  waitSeconds,
};

const places = 'Paths in the project, or http(s) addresses.';

export const GenerateImage = z.strictObject({ prompt, ...imageOptions });

export const TransformImage = z.strictObject({
  prompt,
  images: z
    .array(z.string())
    .check(
      z.minLength(1),
      z.maxLength(MAX_INPUTS),
      z.describe(`The pictures to make others from, in their order. ${places}`),
    ),
  ...imageOptions,
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
  model: z.optional(
    z
      .string()
      .check(
        about(
          `${onlyNamed} Left out: ${VIDEO_DEFAULTS.model}. Known: ${videoModels.map(({ id }) => id).join(', ')}.`,
        ),
      ),
  ),
  ratio: z.optional(z.enum(videoRatios).check(about(`${onlyNamed} A frame's own ratio counts.`))),
  resolution: z.optional(
    z
      .enum(videoResolutions)
      .check(about(`${onlyNamed} Only jimeng-video-3.0 and 3.0-fast honour it.`)),
  ),
  duration: z.optional(
    z
      .int()
      .check(
        z.describe(
          `In seconds. ${onlyNamed} Left out: what the model usually makes, mostly ${VIDEO_DEFAULTS.duration}.`,
        ),
      ),
  ),
  omniReference: z.optional(
    z
      .boolean()
      .check(
        z.describe(
          `The images are materials, up to ${MATERIAL_LIMITS.stock.pictures} pictures and ${MATERIAL_LIMITS.stock.videos} videos (a service with tasks takes ${MATERIAL_LIMITS.task.all} in all), which the prompt names as @image_file_1 and @video_file_1; only with jimeng-video-seedance-2.0 and -fast. Only if the user asked for that.`,
        ),
      ),
  ),
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
