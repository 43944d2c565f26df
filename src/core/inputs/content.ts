import { createHash } from 'node:crypto';
import { JimengError } from '../service/failures/failures.ts';
import { rowOf } from '../service/failures/table.ts';
import { nameOf } from './address.ts';

/** A file that was opened for reading. One on a local disk says more of itself than a Blob does, and is read in larger pieces. */
export interface Input extends Blob {
  /** What tells this state of the file from every other one; missing where nothing can. */
  version?: string;
  /**
   * All of it, each piece being good until the next one is asked for. Throws JimengError (`inputChanged`) before the end
   * where the file is not as it was when it was opened.
   */
  pieces?: () => AsyncIterable<Uint8Array>;
}

/** Opens a file that the person named, without reading it. Throws the system's error. */
export type OpenInput = (uri: string) => Promise<Input>;

/** Throws JimengError (`inputMissing`, or what has to be mended on the way there). */
export async function opened(uri: string, open: OpenInput): Promise<Input> {
  try {
    return await open(uri);
  } catch (error) {
    if (error instanceof JimengError && rowOf(error.failure).unsent) throw error; // it is the way there that has to be mended
    throw new JimengError({ kind: 'inputMissing', detail: nameOf(uri) }, { cause: error });
  }
}

export function piecesOf(input: Input): AsyncIterable<Uint8Array> {
  return input.pieces?.() ?? (input.stream() as ReadableStream<Uint8Array>);
}

/** Of the files that were hashed last, by version: what was inspected is not hashed once more to be sent. */
const hashes = new Map<string, string>();
const MAX_CACHED_HASHES = 100;

/** The SHA-256 of what a file holds, in hex. */
export async function hashOf(input: Input): Promise<string> {
  const known = input.version !== undefined && hashes.get(input.version);
  if (known) return known;
  const hash = createHash('sha256');
  for await (const piece of piecesOf(input)) hash.update(piece);
  const hex = hash.digest('hex');
  if (input.version !== undefined) remember(input.version, hex);
  return hex;
}

function remember(version: string, hash: string): void {
  hashes.set(version, hash);
  const [oldest] = hashes.keys();
  if (hashes.size > MAX_CACHED_HASHES && oldest !== undefined) hashes.delete(oldest);
}
