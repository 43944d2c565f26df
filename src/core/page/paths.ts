import { posix } from 'node:path';

/** Characters that stay unescaped: they have no meaning in Markdown, HTML, CSS, `srcset` or a template. */
const plain = /[^\p{L}\p{N}\p{M}/\-._~+@=]/gu;

/** The relative path from one file to another; both absolute, with slashes. */
export function relativePath(from: string, to: string): string {
  return posix.relative(posix.dirname(from), to);
}

/** A path as an address in a page. Letters of all languages stay readable. */
export function addressOf(path: string): string {
  return path.toWellFormed().replace(plain, character => {
    const encoded = encodeURIComponent(character);
    return encoded === character
      ? `%${character.charCodeAt(0).toString(16).toUpperCase()}`
      : encoded;
  });
}

/** Pictures that a generated PNG can replace; icons and vector drawings are not. */
const picture = /\.(?:png|jpe?g|webp|avif|gif|bmp)$/i;
/** Characters with a special meaning in templates, bundlers and shells. */
const foreign = /[{}<>$\\*|"\p{Cc}]|^[@~#]|^[a-z][a-z\d+.-]*:|^\/\//iu;

/**
 * The path that an address in a page refers to, decoded and without `?` and `#`; a leading slash means the site's root.
 * Undefined unless it is certainly a picture of this project: not for a scheme, `//`, `data:`, an anchor, an alias or a
 * template.
 */
export function localPath(address: string): string | undefined {
  if (foreign.test(address)) return undefined;
  const [path = ''] = address.split(/[?#]/, 1);
  try {
    const decoded = decodeURIComponent(path);
    return picture.test(decoded) && !/[\\\p{Cc}]/u.test(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}
