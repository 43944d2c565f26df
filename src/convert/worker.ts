import type { Conversion } from '../core/images/converter.ts';
import { loadFilter } from './filter.ts';
import { loadCodec, serve } from './serve.ts';
import { keep, toPng } from './to-png.ts';
import { loadWebp } from './webp.ts';

// Loaded while the picture is read. A codec that cannot be loaded fails when it is used.
Promise.all([loadFilter(loadCodec), loadWebp(loadCodec)]).catch(() => undefined);

serve<Conversion>(async ({ bytes, settings, checked }) => {
  const picture = await (checked
    ? keep(bytes, checked, settings)
    : toPng(bytes, loadCodec, settings));
  return { answer: picture, transfer: [picture.png.buffer] };
});
