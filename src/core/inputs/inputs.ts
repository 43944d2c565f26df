import { posix } from 'node:path';
import { download } from '../output/download.ts';
import { isVideoUri } from '../request/materials.ts';
import { imageFormatOf, type PictureFormat } from '../images/formats.ts';
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
  await Promise.all(
    Array.from({ length: MAX_CONCURRENT_HASHES }, async () => {
      for (let file = files.shift(); file; file = files.shift())
        inspected[file.index] = { uri: file.uri, sha256: await hashOf(file.input) };
    }),
  );
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
  if (!(await isWhole(blob, format, head))) throw new JimengError({ kind: 'inputDamaged', detail });
  return format;
}

function isAccepted(format: PictureFormat | 'mp4' | 'mov' | 'webm'): format is InputFormat {
  return format in accepted;
}

/** Whether a picture or video has its end: a file that was cut off lacks it. */
async function isWhole(blob: Blob, format: InputFormat, head: Uint8Array): Promise<boolean> {
  if (format === 'mp4' || format === 'mov') return (await readMp4(blob)) !== undefined;
  if (format === 'webp') return blob.size >= Buffer.from(head).readUInt32LE(4) + 8;
  const from = format === 'png' ? 0 : await startOfScan(blob);
  const tail = Buffer.from(await blob.slice(Math.max(from, blob.size - 65_536)).arrayBuffer());
  return tail.includes(format === 'png' ? 'IEND' : Buffer.from([0xff, 0xd9]));
}

/** Where a JPEG's pixels begin: before them a thumbnail may have an end of its own. At its end where it was cut off before. */
async function startOfScan(blob: Blob): Promise<number> {
  for (let at = 2, segments = 0; segments < 1_000; segments++) {
    const head = Buffer.from(await blob.slice(at, at + 4).arrayBuffer());
    if (head.length < 4) return blob.size;
    if (head[0] !== 0xff) break; // not as it should be, but decoders go on
    if (head[1] === 0xda) return at;
    at += head[1] === 0xff ? 1 : 2 + head.readUInt16BE(2);
  }
  return 0;
}

/** A service may go by the name: it gets the extension that the bytes deserve. */
function withExtension(name: string, format: InputFormat): string {
  const { extension } = accepted[format];
  return name.toLowerCase().endsWith(extension) ? name : `${posix.parse(name).name}${extension}`;
}
