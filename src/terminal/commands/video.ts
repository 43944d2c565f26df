import type { Environment } from '../platform/environment.ts';
import { generate } from '../generation/generate.ts';
import { readCommand } from '../generation/options.ts';
import { inputOf, takeImages } from '../generation/take-images.ts';

/** `jimeng video "prompt" --images first.png last.png`: a video from words, frames or materials. */
export async function video(args: string[], environment: Environment): Promise<number> {
  const { rest, named } = takeImages(args);
  const { request, how } = await readCommand('video', rest, environment);
  return generate(
    {
      ...request,
      ...(named.length > 0 && { images: named.map(name => inputOf(name, environment)) }),
    },
    how,
    environment,
  );
}
