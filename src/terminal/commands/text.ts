import type { Environment } from '../platform/environment.ts';
import { generate } from '../generation/generate.ts';
import { readCommand } from '../generation/options.ts';

/** `jimeng text "prompt"`: pictures from words. */
export async function text(args: string[], environment: Environment): Promise<number> {
  const { request, how } = await readCommand('image', args, environment);
  return generate(request, how, environment);
}
