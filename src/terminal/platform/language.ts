import { readFile } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import type { Environment } from './environment.ts';

/** Simplified Chinese where the environment's locale is Chinese (`LC_ALL`, `LC_MESSAGES`, `LANG`), else English. */
export async function useLanguage({ env, dist }: Environment): Promise<void> {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  if (/^zh\b|^zh[_-]/i.test(locale))
    l10n.config({
      contents: await readFile(new URL('../l10n/bundle.l10n.zh-cn.json', dist), 'utf8'),
    });
}
