import { FormData } from 'undici';
import type { Inputs } from '../inputs/inputs.ts';
import { materialsOf } from '../models/materials.ts';

/** What is posted. */
export type Posted = object | FormData;

/** A request for pictures from others. service-contract, Requests: all files stand in the field `images`. */
export function composition(body: object, inputs: Inputs): Posted {
  if ('urls' in inputs) { return { ...body, images: inputs.urls }; }
  return formOf(body, inputs.files.map(({ name, blob }) => ({ field: 'images', name, blob })));
}

/**
 * A request for a video. Frames: one file a field, or `file_paths`, which works in JSON only (service-contract,
 * Requests). Materials: each in the field by which the prompt names it.
 */
export function videoRequest(body: object, inputs: Inputs | undefined): Posted {
  if (!inputs) { return body; }
  if ('urls' in inputs) {
    if (!('functionMode' in body)) { return { ...body, file_paths: inputs.urls }; }
    return { ...body, ...Object.fromEntries(materialsOf(inputs.urls.map(uri => ({ uri }))).map(({ field, uri }) => [field, uri])) };
  }
  const fields = materialsOf(inputs.files);
  return formOf(body, inputs.files.map(({ name, blob }, index) => ({ field: fields[index]?.field ?? '', name, blob })));
}

/** In multipart all values are strings (service-contract, Requests). */
function formOf(body: object, files: readonly { field: string; name: string; blob: Blob }[]): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) { form.append(name, String(value)); }
  for (const { field, name, blob } of files) { form.append(field, blob, name); }
  return form;
}
