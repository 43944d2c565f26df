import type { InputFile, Inputs } from '../inputs/inputs.ts';
import { materialsOf } from '../request/materials.ts';
import { Multipart } from './multipart.ts';

/** What is posted. */
export type Posted = object | Multipart;

/** A request for pictures from others. service-contract, Requests: all files stand in the field `images`. */
export function composition(body: object, inputs: Inputs): Posted {
  if ('urls' in inputs) return { ...body, images: inputs.urls };
  return formOf(body, inputs.files, () => 'images');
}

/**
 * A request for a video. Frames: one file a field, or `file_paths`, which works in JSON only (service-contract,
 * Requests). Materials: each in the field by which the prompt names it.
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

/** In multipart all values are strings (service-contract, Requests). */
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
