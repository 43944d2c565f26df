import type { InputImage } from './schema.ts';

/** Whether a name says that it is a video. */
export function isVideoUri(uri: string): boolean {
  return /\.(mp4|mov)$/i.test(new URL(uri).pathname);
}

/**
 * The field of each material, by which the prompt names it: `@image_file_1`, `@video_file_1` (service-contract, Models).
 * Pictures and videos are counted apart, each by its place among its own.
 */
export function materialsOf(images: readonly InputImage[]): (InputImage & { field: string })[] {
  const counts = { image: 0, video: 0 };
  return images.map(image => {
    const kind = isVideoUri(image.uri) ? 'video' : 'image';
    return { ...image, field: `${kind}_file_${++counts[kind]}` };
  });
}
