import { basename } from 'node:path';
import * as z from 'zod/mini';
import { isWeb, nameOf } from '../inputs/address.ts';
import { IMAGE_DEFAULTS, MAX_INPUTS } from '../request/models.ts';
import { ImageRequest, type InputImage } from '../request/schema.ts';
import { serviceTaskIdOf, type Task } from '../queue/task.ts';

/** A picture that others were made from: by its address, or by its name and what it held. Where it lay is nobody's business. */
const Input = z.union([
  z.object({ uri: z.string().check(z.refine(isWeb)) }),
  z.object({
    name: z.string().check(z.refine(name => name !== '' && basename(name) === name)),
    sha256: z.string(),
  }),
]);
export type PictureInput = z.infer<typeof Input>;

/**
 * How a picture was made, as it stands in the picture itself. Pictures are handed on, so there is nothing in it of the
 * session, of this machine, of the service's address, of a backend that was called or of a page that it was made for.
 */
export const PictureSettings = z.object({
  /** Of this layout. */
  format: z.literal(1),
  request: z.extend(
    z.omit(ImageRequest, { prompt: true, images: true, callbackUrl: true, target: true }),
    {
      /** Missing where the person wants it so. */
      prompt: z.optional(z.string()),
      images: z.optional(z.array(Input).check(z.maxLength(MAX_INPUTS))),
    },
  ),
  service: z.object({
    demo: z.boolean(),
    /** Missing where it is not known. */
    kind: z.optional(z.enum(['stock', 'task'])),
  }),
  /** When the request was sent. */
  time: z.iso.datetime(),
  /** Of the program that saved it. */
  version: z.string(),
});
export type PictureSettings = z.infer<typeof PictureSettings>;

/**
 * What a task's pictures have to tell. The same at each attempt to save them.
 * @param version of this program
 * @param keepsPrompt whether the words of the request may stand in the pictures
 */
export function settingsOf(task: Task, version: string, keepsPrompt: boolean): PictureSettings {
  if (task.request.kind !== 'image') throw new Error('Only pictures hold their settings.');
  const { prompt, negativePrompt, images, callbackUrl, target, ...options } = task.request;
  const kind = task.service.kind ?? (serviceTaskIdOf(task) === undefined ? undefined : 'task');
  return {
    format: 1,
    request: {
      ...(keepsPrompt && { prompt, ...(negativePrompt !== undefined && { negativePrompt }) }),
      // Of a task that was begun elsewhere only the model is known, and seldom that.
      ...(task.size === '' ? { ...(task.model !== '' && { model: task.model }) } : IMAGE_DEFAULTS),
      ...options,
      ...(images && { images: images.map(inputOf) }),
    },
    service: { demo: task.service.demo, ...(kind && { kind }) },
    time: new Date(task.sentAt ?? task.createdAt).toISOString(),
    version,
  };
}

function inputOf({ uri, sha256 = '' }: InputImage): PictureInput {
  if (!isWeb(uri)) return { name: nameOf(uri), sha256 };
  const address = new URL(uri);
  if (address.username === '' && address.password === '') return { uri };
  [address.username, address.password] = ['', ''];
  return { uri: address.href };
}
