import { serve } from './serve.ts';
import { toPng } from './to-png.ts';

serve(async (bytes, loadCodec) => {
  const picture = await toPng(bytes, loadCodec);
  return { answer: picture, transfer: picture.png.buffer };
});
