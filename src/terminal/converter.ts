import { Converter } from '../core/pictures/converter.ts';
import type { Environment } from './environment.ts';

export function newConverter({ dist }: Environment): Converter {
  return new Converter({ workerUrl: new URL('png-worker.js', dist), codecs: new URL('codecs/', dist) });
}
