import * as z from 'zod/mini';
import { optionFields } from './option-values.ts';

/** A picture that others are made from; as a material of a video it may be a video too. */
export const InputImage = z.object({
  /** A file's URI, or an http(s) address. */
  uri: z.string(),
  /** Of a file, as it was when the request was made: tells whether it has changed since. */
  sha256: z.optional(z.string()),
});
export type InputImage = z.infer<typeof InputImage>;

/** A file that a page shows and that is not there: one of the pictures is to become it. */
export const PageTarget = z.object({
  /** Of the file. */
  uri: z.string(),
  /** How large the page shows it, in CSS pixels; a ratio is offered by it, never chosen. */
  size: z.optional(z.object({ width: z.number(), height: z.number() })),
});
export type PageTarget = z.infer<typeof PageTarget>;

/**
 * What a person or an agent asked for: only what they chose is present. Defaults are added by `check()`,
 * never guessed from the prompt (seed-skill, "Parameter Usage Guidelines"). The options are those of the table in `options.ts`.
 */
export const ImageRequest = z.object({
  kind: z.literal('image'),
  /** Reaches the service exactly as typed. */
  prompt: z.string(),
  ...optionFields('image'),
  /** Pictures to make others from, in their order; without any it is text to image. */
  images: z.optional(z.array(InputImage)),
  /** Taken out once it is there. */
  target: z.optional(PageTarget),
});
export type ImageRequest = z.infer<typeof ImageRequest>;

/** The same for a video. */
export const VideoRequest = z.object({
  kind: z.literal('video'),
  /** With materials it names them as `@image_file_1`. */
  prompt: z.string(),
  ...optionFields('video'),
  /** The first frame, or the first and the last; with `omniReference` materials, in the order of their numbers. */
  images: z.optional(z.array(InputImage)),
});
export type VideoRequest = z.infer<typeof VideoRequest>;

export const GenerationRequest = z.discriminatedUnion('kind', [ImageRequest, VideoRequest]);
export type GenerationRequest = z.infer<typeof GenerationRequest>;
