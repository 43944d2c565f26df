import { readFile } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { parseServiceAddress, type ServiceAddress } from '../../core/service/address.ts';
import { UsageError } from './usage-error.ts';

/** What a command knows about its environment; passed in by the composition root. */
export interface Environment {
  env: Readonly<Record<string, string | undefined>>;
  /** The current folder, an absolute path. */
  cwd: string;
  /** The folder of the built program, with workers and codecs. Ends in a slash. */
  dist: URL;
  /** Of this program. */
  version: string;
}

/** Exit codes of every command. */
export const exit = { done: 0, failed: 1, refused: 2, interrupted: 130 } as const;

/** Simplified Chinese where the environment's locale is Chinese (`LC_ALL`, `LC_MESSAGES`, `LANG`), else English. */
export async function useLanguage({ env, dist }: Environment): Promise<void> {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  if (/^zh\b|^zh[_-]/i.test(locale))
    l10n.config({
      contents: await readFile(new URL('../l10n/bundle.l10n.zh-cn.json', dist), 'utf8'),
    });
}

/** The service given by `--api-url`, else `JIMENG_API_URL`, else the local one. Throws UsageError. */
export function readAddress(
  option: string | undefined,
  { env }: Pick<Environment, 'env'>,
): ServiceAddress {
  const parsed = parseServiceAddress(option ?? env['JIMENG_API_URL'] ?? 'http://localhost:5100');
  if (!parsed.ok) throw new UsageError(parsed.reason);
  return parsed.address;
}
