import { loadFilter } from './filter.ts';
import { keepPixelMemory } from './pixel-memory.ts';
import { loadCodec, serve } from './serve.ts';
import { keep, toPng } from './to-png.ts';
import { loadWebp } from './webp.ts';

// While the picture is on its way. What cannot be loaded is told when it is needed.
Promise.all([loadFilter(loadCodec), loadWebp(loadCodec)]).catch(() => undefined);

keepPixelMemory();

serve(async ({ bytes, settings, checked }) => {
  const picture = await (checked
    ? keep(bytes, checked, settings)
    : toPng(bytes, loadCodec, settings));
  return { answer: picture, transfer: picture.png.buffer };
});
