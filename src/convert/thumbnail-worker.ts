import type { Conversion } from '../core/images/converter.ts';
import { loadCodec, serve } from './serve.ts';
import { toThumbnail } from './to-webp.ts';

/** Pixels of the longer side: the largest tile of the gallery on a screen of double density, and a tooltip. */
const THUMBNAIL_SIDE = 400;

serve<Conversion>(async ({ bytes }) => {
  const thumbnail = await toThumbnail(bytes, THUMBNAIL_SIDE, loadCodec);
  return { answer: thumbnail, transfer: [thumbnail.webp.buffer] };
});
