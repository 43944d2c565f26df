import { posix } from 'node:path';

/** What stays as it is in an address: it means nothing to Markdown, HTML, CSS, `srcset` or a template. */
const plain = /[^\p{L}\p{N}\p{M}/\-._~+@=]/gu;

/** The path of one file as seen from another one; both absolute, with slashes. */
export function relativePath(from: string, to: string): string {
  return posix.relative(posix.dirname(from), to);
}

/** A path as an address inside of a page. Letters of all languages stay readable. */
export function addressOf(path: string): string {
  return path.toWellFormed().replace(plain, character => {
    const encoded = encodeURIComponent(character);
    return encoded === character
      ? `%${character.charCodeAt(0).toString(16).toUpperCase()}`
      : encoded;
  });
}

/** Pictures that a generated PNG can replace; an icon or a vector drawing is something else. */
const picture = /\.(?:png|jpe?g|webp|avif|gif|bmp)$/i;
/** What templates, bundlers and shells give a meaning of their own. */
const foreign = /[{}<>$\\*|"\p{Cc}]|^[@~#]|^[a-z][a-z\d+.-]*:|^\/\//iu;

/**
 * The path that an address in a page means, decoded and without `?` and `#`; one that begins with a slash counts from the
 * site's root. Undefined where it is not surely a picture of this project: an address with a scheme, `//`, `data:`,
 * an anchor, an alias, a template.
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
