import { posix } from 'node:path';
import pLimit from 'p-limit';
import { download } from '../output/download.ts';
import { isVideoUri } from '../request/materials.ts';
import { imageFormatOf, type PictureFormat } from '../images/formats.ts';
import { isWhole } from '../images/inspect.ts';
import type { InputImage } from '../request/schema.ts';
import { JimengError } from '../service/failures/failures.ts';
import type { Network } from '../service/proxy.ts';
import { readMp4, videoFormatOf } from '../images/mp4.ts';
import { isWeb, nameOf } from './address.ts';
import { hashOf, opened, type Input, type OpenInput } from './content.ts';

/** service-contract, Requests: at most 100 MB a request. */
const MAX_INPUT_BYTES = 100_000_000;
/** From here on an input is worth a word before it is sent. In bytes. */
const LARGE_INPUT_BYTES = 10_000_000;

/** What the service takes, by the name of the format. */
const accepted = {
  png: { type: 'image/png', extension: '.png' },
  jpeg: { type: 'image/jpeg', extension: '.jpg' },
  webp: { type: 'image/webp', extension: '.webp' },
  mp4: { type: 'video/mp4', extension: '.mp4' },
  mov: { type: 'video/quicktime', extension: '.mov' },
};
type InputFormat = keyof typeof accepted;

/** What goes to the service: links alone, or files alone (service-contract: in multipart a link is silently lost). */
export type Inputs = { urls: string[] } | { files: InputFile[] };

export interface InputFile {
  uri: string;
  name: string;
  /** A media type. */
  type: string;
  input: Input;
}

/** So many files are hashed at once: one is read while the other one is reckoned. */
const MAX_CONCURRENT_HASHES = 2;

/**
 * Looks at the files among the inputs, and says what they hold. Bytes count, not names. Throws JimengError for what the
 * service would not take: nothing is sent then.
 */
export async function inspectInputs(
  images: readonly InputImage[],
  open: OpenInput,
): Promise<{ images: InputImage[]; large: string[] }> {
  const inspected = [...images];
  const files: { index: number; uri: string; input: Input }[] = [];
  let bytes = 0;
  for (const [index, { uri }] of images.entries()) {
    if (isWeb(uri)) continue;
    const input = await opened(uri, open);
    bytes += input.size;
    if (bytes > MAX_INPUT_BYTES)
      throw new JimengError({ kind: 'inputsTooLarge', detail: nameOf(uri) });
    await inputFormatOf(input, uri);
    files.push({ index, uri, input });
  }
  const large = files
    .filter(({ input }) => input.size > LARGE_INPUT_BYTES)
    .map(({ uri }) => nameOf(uri));
  const limit = pLimit(MAX_CONCURRENT_HASHES);
  await limit.map(files, async ({ index, uri, input }) => {
    inspected[index] = { uri, sha256: await hashOf(input) };
  });
  return { images: inspected, large };
}

/** The inputs as they are sent. Throws JimengError where one has changed since it was inspected, or cannot be had. */
export async function loadInputs(
  images: readonly InputImage[],
  open: OpenInput,
  network: Network,
  signal?: AbortSignal,
): Promise<Inputs> {
  if (images.every(({ uri }) => isWeb(uri))) return { urls: images.map(({ uri }) => uri) };
  const files: InputFile[] = [];
  for (const { uri, sha256 } of images) {
    const name = nameOf(uri);
    const input = await opened(
      uri,
      isWeb(uri)
        ? async () => new Blob([new Uint8Array(await download(uri, network, { signal }))])
        : open,
    ).finally(() => signal?.throwIfAborted());
    const format = await inputFormatOf(input, uri);
    if (sha256 !== undefined && (await hashOf(input)) !== sha256)
      throw new JimengError({ kind: 'inputChanged', detail: name });
    files.push({ uri, name: withExtension(name, format), type: accepted[format].type, input });
  }
  if (files.reduce((sum, { input }) => sum + input.size, 0) > MAX_INPUT_BYTES)
    throw new JimengError({ kind: 'inputsTooLarge', detail: '' });
  return { files };
}

/** The format by what stands in the bytes. Throws JimengError unless the service takes it, whole. */
async function inputFormatOf(blob: Blob, uri: string): Promise<InputFormat> {
  const detail = nameOf(uri);
  const head = new Uint8Array(await blob.slice(0, 64).arrayBuffer());
  const isVideo = isVideoUri(uri); // the prompt names it so, whatever it holds
  const format = isVideo ? videoFormatOf(head) : imageFormatOf(head);
  if (format === undefined)
    throw new JimengError({ kind: isVideo ? 'inputNotAVideo' : 'inputNotAPicture', detail });
  if (!isAccepted(format))
    throw new JimengError({ kind: 'inputFormat', detail: `${detail} (${format.toUpperCase()})` });
  const whole =
    format === 'mp4' || format === 'mov'
      ? (await readMp4(blob)) !== undefined
      : await isWhole(blob, format);
  if (!whole) throw new JimengError({ kind: 'inputDamaged', detail });
  return format;
}

function isAccepted(format: PictureFormat | 'mp4' | 'mov' | 'webm'): format is InputFormat {
  return format in accepted;
}

/** A service may go by the name: it gets the extension that the bytes deserve. */
function withExtension(name: string, format: InputFormat): string {
  const { extension } = accepted[format];
  return name.toLowerCase().endsWith(extension) ? name : `${posix.parse(name).name}${extension}`;
}
