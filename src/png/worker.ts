import { embed } from '../core/pictures/embed.ts';
import { release } from '../core/pictures/release.ts';
import { loadFilter } from './filter.ts';
import { loadCodec, serve } from './serve.ts';
import { toPng } from './to-png.ts';
import { loadWebp } from './webp.ts';

// While the picture is on its way. What cannot be loaded is told when it is needed.
Promise.all([loadFilter(loadCodec), loadWebp(loadCodec)]).catch(() => undefined);

serve(async ({ bytes, settings, checked }) => {
  const picture = checked ? { png: bytes, ...checked } : await toPng(bytes, loadCodec);
  const png = settings ? await embed(picture.png, settings) : picture.png;
  if (png !== picture.png) { release(picture.png); }
  return { answer: { ...picture, png }, transfer: png.buffer };
});
