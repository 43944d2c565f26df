import { basename } from 'node:path';
import * as z from 'zod/mini';
import { isWeb, nameOf } from '../inputs/address.ts';
import { opened, type OpenInput } from '../inputs/content.ts';
import { IMAGE_DEFAULTS, MAX_INPUTS } from '../request/models.ts';
import { withoutWords } from '../request/option-values.ts';
import { ImageRequest, type InputImage } from '../request/schema.ts';
import { JimengError } from '../service/failures/failures.ts';
import { serviceTaskIdOf, type Task } from '../queue/task.ts';
import { readerOf, type Read } from './bytes.ts';
import { readText, SETTINGS_KEYWORD, textChunksOf } from './png.ts';

/** A picture that others were made from: by its address, or by its name and what it held. Its folder stays private. */
const Input = z.union([
  z.object({ uri: z.string().check(z.refine(isWeb)) }),
  z.object({
    name: z.string().check(z.refine(name => name !== '' && basename(name) === name)),
    sha256: z.string(),
  }),
]);
export type PictureInput = z.infer<typeof Input>;

/**
 * How a picture was made, as the picture itself says. Pictures are handed on, so there is nothing in it of the
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
 * @param keepsPrompt whether the words of the request may be in the pictures
 */
export function settingsOf(task: Task, version: string, keepsPrompt: boolean): PictureSettings {
  if (task.request.kind !== 'image') throw new Error('Only pictures hold their settings.');
  const { prompt, images, callbackUrl, target, ...options } = task.request;
  const kind = task.service.kind ?? (serviceTaskIdOf(task) === undefined ? undefined : 'task');
  return {
    format: 1,
    request: {
      // Of a task that was begun elsewhere only the model is known, and seldom that.
      ...(task.size === '' ? { ...(task.model !== '' && { model: task.model }) } : IMAGE_DEFAULTS),
      ...(keepsPrompt ? { prompt, ...options } : withoutWords(options)),
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

/** Chunks of our keyword that are tried: there is one, unless somebody made up more. */
const MAX_TRIES = 4;

/**
 * How a picture was made, by what it says itself. Reads no more than the heads of its chunks and a text or two of limited
 * size; never the image data. Undefined where it says nothing.
 */
export async function readSettings(read: Read): Promise<PictureSettings | undefined> {
  let tries = 0;
  for await (const { keyword, chunk } of textChunksOf(read)) {
    if (keyword !== SETTINGS_KEYWORD) continue;
    const settings = parse(await readText(chunk, read));
    if (settings) return settings;
    if (++tries === MAX_TRIES) return undefined;
  }
  return undefined;
}

function parse(text: string | undefined): PictureSettings | undefined {
  try {
    return PictureSettings.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

/** The same of a file that the person named. Throws JimengError (`inputMissing`, `noSettings`). */
export async function settingsIn(uri: string, open: OpenInput): Promise<PictureSettings> {
  const detail = nameOf(uri);
  const file = await opened(uri, open);
  const settings = await readSettings(readerOf(file)).catch((cause: unknown) => {
    throw new JimengError({ kind: 'inputMissing', detail }, { cause }); // it went away, or changed, while it was read
  });
  if (!settings) throw new JimengError({ kind: 'noSettings', detail });
  return settings;
}
