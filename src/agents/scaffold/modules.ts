/** The text of a file by its URI; undefined where there is none. */
export type Read = (uri: string) => Promise<string | undefined>;

/**
 * Whether a file of a project should be written as CommonJS: by its extension, else by the nearest tsconfig.json (for
 * TypeScript) and package.json. TypeScript is written as an ES module even if it is compiled to CommonJS, unless
 * `verbatimModuleSyntax` forbids that. Settings inherited by a tsconfig.json are ignored.
 */
export async function writesCommonJs(
  file: string,
  language: 'ts' | 'js',
  read: Read,
): Promise<boolean> {
  const [, letter] = /\.([cm])[jt]sx?$/i.exec(new URL(file).pathname) ?? [];
  const config = language === 'ts' ? await nearest('tsconfig.json', file, read) : undefined;
  const options = isRecord(config?.['compilerOptions']) ? config['compilerOptions'] : {};
  if (language === 'ts' && options['verbatimModuleSyntax'] !== true) return false;
  if (letter !== undefined) return letter.toLowerCase() === 'c';
  const { module } = options;
  if (typeof module === 'string' && !/^node/i.test(module)) return /^commonjs$/i.test(module);
  const manifest = await nearest('package.json', file, read);
  return manifest !== undefined && manifest['type'] !== 'module';
}

async function nearest(
  name: string,
  file: string,
  read: Read,
): Promise<Record<string, unknown> | undefined> {
  for (let folder = new URL('.', file); ; folder = new URL('..', folder)) {
    const text = await read(new URL(name, folder).href);
    if (text !== undefined) return parseWithComments(text);
    if (new URL('..', folder).href === folder.href) return undefined;
  }
}

/** Parses JSON as in tsconfig.json, with comments and trailing commas. Invalid JSON counts as empty. */
function parseWithComments(text: string): Record<string, unknown> {
  const plain = text
    .replace(/("(?:\\.|[^"\\])*")|\/\/.*|\/\*[^]*?\*\//g, '$1')
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, '$1');
  try {
    const value: unknown = JSON.parse(plain);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
