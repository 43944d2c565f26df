/** How a document references its pictures. */
export type PageKind = 'markdown' | 'html' | 'jsx' | 'css';

/** By VS Code language ids. */
const kinds: Readonly<Record<string, PageKind>> = {
  markdown: 'markdown',
  mdx: 'markdown',
  html: 'html',
  vue: 'html',
  svelte: 'html',
  astro: 'html',
  php: 'html',
  handlebars: 'html',
  razor: 'html',
  javascriptreact: 'jsx',
  typescriptreact: 'jsx',
  css: 'css',
  scss: 'css',
  less: 'css',
  sass: 'css',
  stylus: 'css',
  postcss: 'css',
};

export const pageLanguages: readonly string[] = Object.keys(kinds);

/** Undefined for a language that does not show pictures. */
export function kindOf(language: string): PageKind | undefined {
  return kinds[language];
}

/** The kind at a position in a document: inside a `<style>` block a page is a style sheet. */
export function kindAt(language: string, before: string): PageKind | undefined {
  const kind = kindOf(language);
  if (kind !== 'html') return kind;
  const lower = before.toLowerCase();
  return lower.lastIndexOf('<style') > lower.lastIndexOf('</style') ? 'css' : kind;
}
