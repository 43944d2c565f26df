import type { Environment } from './environment.ts';
import { lookUp } from './look-up.ts';
import { onlyId, parseCommandLine } from './usage-error.ts';

/** `jimeng task ID`: how a task at the service stands; `--wait` until it is done, `--save` its pictures. */
export async function task(args: string[], environment: Environment): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args, allowPositionals: true,
    options: {
      wait: { type: 'boolean', default: false }, save: { type: 'boolean', default: false }, json: { type: 'boolean', default: false },
      'api-url': { type: 'string' }, 'output-dir': { type: 'string' },
    },
  });
  const id = onlyId(positionals);
  return lookUp(id, values, environment);
}
