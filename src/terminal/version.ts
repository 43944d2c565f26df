import { readFile } from 'node:fs/promises';
import type { Environment } from './environment.ts';

export async function versionOf({ dist }: Pick<Environment, 'dist'>): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', dist), 'utf8')) as { version: string };
  return version;
}
