import { readFile } from 'node:fs/promises';
import { toCommonJs, writesCommonJs, type Read } from './modules.ts';

export const kinds = ['client', 'webhook'] as const;
export type Kind = (typeof kinds)[number];

export const languages = ['ts', 'js', 'python'] as const;
export type Language = (typeof languages)[number];

/** The language of a file by its name; undefined where the name does not tell. */
export function languageOfName(name: string): Language | undefined {
  if (/\.py$/i.test(name)) { return 'python'; }
  const [, script] = /\.[cm]?([jt]s)x?$/i.exec(name) ?? [];
  return script?.toLowerCase() as Language | undefined;
}

export interface Wanted {
  kind: Kind;
  language: Language;
  /** The URI of the file that the code is for; it need not exist. It decides between ES modules and CommonJS. */
  file: string;
  read: Read;
}

/** Code that puts Jimeng's tasks into another project. @param templates the folder `agents` of the built program */
export async function scaffold({ kind, language, file, read }: Wanted, templates: URL): Promise<string> {
  const code = await readFile(new URL(`${kind}.${language === 'python' ? 'py' : language}`, templates), 'utf8');
  return language !== 'python' && await writesCommonJs(file, language, read) ? toCommonJs(code, language) : code;
}
