import { randomUUID } from 'node:crypto';
import { piecesOf, type Input } from '../inputs/content.ts';
import type { InputFile, Inputs } from '../inputs/inputs.ts';
import { materialsOf } from '../request/materials.ts';

/** The body of a generation. */
export type Posted = object | Multipart;

/** An image-to-image request. service-contract, Requests: all files are in the field `images`. */
export function composition(body: object, inputs: Inputs): Posted {
  if ('urls' in inputs) return { ...body, images: inputs.urls };
  return formOf(body, inputs.files, () => 'images');
}

/**
 * A video request. Frames: one file per field, or `file_paths`, which works in JSON only (service-contract, Requests).
 * Materials: each in the field by which the prompt refers to it.
 */
export function videoRequest(body: object, inputs: Inputs | undefined): Posted {
  if (!inputs) return body;
  if ('urls' in inputs) {
    if (!('functionMode' in body)) return { ...body, file_paths: inputs.urls };
    return {
      ...body,
      ...Object.fromEntries(
        materialsOf(inputs.urls.map(uri => ({ uri }))).map(({ field, uri }) => [field, uri]),
      ),
    };
  }
  const fields = materialsOf(inputs.files);
  return formOf(body, inputs.files, index => fields[index]?.field ?? '');
}

/** In multipart, all values are strings (service-contract, Requests). */
function formOf(
  body: object,
  files: readonly InputFile[],
  fieldOf: (index: number) => string,
): Multipart {
  return new Multipart([
    ...Object.entries(body).map(([field, value]) => ({ field, text: String(value) })),
    ...files.map(({ name, type, input }, index) => ({ field: fieldOf(index), name, type, input })),
  ]);
}

/**
 * JSON whose text survives the service's reader, which rewrites a body before it parses it: it turns U+2000–U+200B and
 * U+00A0 into spaces, drops U+FEFF and removes a comma before `}` or `]` (service-contract, Requests). Escaped, they
 * arrive as typed. Such a comma can only be inside a string: JSON.stringify writes no trailing commas.
 */
export function toServiceJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(
      /[\u2000-\u200b\u00a0\ufeff]/g,
      character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replace(/,(?=\s*[}\]])/g, '\\u002c');
}

/** A field of a form: text, or a file. */
export type Part =
  { field: string; text: string } | { field: string; name: string; type: string; input: Input };

/**
 * A form (RFC 7578) that streams its files from disk, anew each time it is sent. undici's FormData takes Blobs only and
 * pipes them in small chunks through several streams: 100 MB took twice as long and ten times the memory.
 */
export class Multipart implements AsyncIterable<Uint8Array> {
  readonly #boundary = `jimeng-${randomUUID()}`;
  readonly #parts: readonly { head: Buffer; input?: Input }[];
  readonly #end: Buffer;

  constructor(parts: readonly Part[]) {
    this.#parts = parts.map(part =>
      'text' in part
        ? { head: Buffer.from(`${this.#headOf(part.field)}\r\n\r\n${part.text}\r\n`) }
        : {
            head: Buffer.from(
              `${this.#headOf(part.field)}; filename="${escape(part.name)}"\r\nContent-Type: ${part.type}\r\n\r\n`,
            ),
            input: part.input,
          },
    );
    this.#end = Buffer.from(`--${this.#boundary}--\r\n`);
  }

  get headers(): Record<string, string> {
    const bytes = this.#parts.reduce(
      (sum, { head, input }) => sum + head.length + (input ? input.size + lineEnd.length : 0),
      this.#end.length,
    );
    return {
      'content-type': `multipart/form-data; boundary=${this.#boundary}`,
      'content-length': String(bytes),
    };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (const { head, input } of this.#parts) {
      yield head;
      if (!input) continue;
      yield* piecesOf(input);
      yield lineEnd;
    }
    yield this.#end;
  }

  #headOf(field: string): string {
    return `--${this.#boundary}\r\nContent-Disposition: form-data; name="${escape(field)}"`;
  }
}

const lineEnd = Buffer.from('\r\n');

/** Escapes a name as browsers do (HTML, multipart form data). */
function escape(name: string): string {
  return name.replace(/\n/g, '%0A').replace(/\r/g, '%0D').replace(/"/g, '%22');
}
