import type { WebConversion } from '../core/images/converter.ts';
import { loadCodec, serve } from './serve.ts';
import { toWebp } from './to-webp.ts';

serve<WebConversion>(async ({ bytes, widths }) => {
  const pictures = await toWebp(bytes, widths, loadCodec);
  return { answer: { pictures }, transfer: pictures.map(({ webp }) => webp.buffer) };
});
