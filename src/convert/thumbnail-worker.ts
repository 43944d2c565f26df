import type { Conversion } from '../core/images/converter.ts';
import { loadCodec, serve } from './serve.ts';
import { toThumbnail } from './to-webp.ts';

/** The longer side in pixels: the gallery's largest tile on a high-density screen, and a tooltip. */
const THUMBNAIL_SIDE_PX = 400;

serve<Conversion>(async ({ bytes }) => {
  const webp = await toThumbnail(bytes, THUMBNAIL_SIDE_PX, loadCodec);
  return { answer: { webp }, transfer: [webp.buffer] };
});
