import { readFile } from 'node:fs/promises';
import { writesCommonJs, type Read } from './modules.ts';

export const kinds = ['client', 'webhook'] as const;
export type Kind = (typeof kinds)[number];

export const languages = ['ts', 'js', 'python'] as const;
export type Language = (typeof languages)[number];

/** A file's language by its name; undefined if the name does not tell. */
export function languageOfName(name: string): Language | undefined {
  if (/\.py$/i.test(name)) return 'python';
  const [, script] = /\.[cm]?([jt]s)x?$/i.exec(name) ?? [];
  return script?.toLowerCase() as Language | undefined;
}

export interface ScaffoldOptions {
  kind: Kind;
  language: Language;
  /** The URI of the target file, which need not exist. It decides between ES modules and CommonJS. */
  file: string;
  read: Read;
}

/** Code that uses Jimeng tasks in another project. @param templates the folder `agents` of the built program */
export async function scaffold(
  { kind, language, file, read }: ScaffoldOptions,
  templates: URL,
): Promise<string> {
  return readFile(new URL(`${kind}.${await form(language, file, read)}`, templates), 'utf8');
}

/** The extension of the variant that a file needs; the build produces each (scripts/agent-files.mjs). */
async function form(language: Language, file: string, read: Read): Promise<string> {
  if (language === 'python') return 'py';
  const common = await writesCommonJs(file, language, read);
  return language === 'ts' ? (common ? 'cts' : 'ts') : common ? 'cjs' : 'mjs';
}
