import { unescapeEntities } from './entities.ts';
import type { PageKind } from './kinds.ts';
import { between, mask, maskMarkdownCode } from './mask.ts';
import { localPath } from './paths.ts';
import { imageTags, type Attribute } from './tags.ts';

/** A picture of this project that a page shows. */
export interface ImageLink {
  /** The span of its address in the text. */
  start: number;
  end: number;
  /** The referenced file, decoded; with a leading slash it is relative to the site's root. */
  path: string;
  /** Empty if the page does not describe the picture. */
  alt: string;
  /** In CSS pixels, if the page gives both. */
  size?: { width: number; height: number };
}

/** Longer texts are not written by hand; in characters. */
const MAX_TEXT_CHARS = 2_000_000;

/** The project's pictures that a page shows, in linear time. Comments, scripts and code are skipped. */
export function findImageLinks(text: string, kind: PageKind): ImageLink[] {
  if (text.length > MAX_TEXT_CHARS) return [];
  switch (kind) {
    case 'css':
      return inCss(text);
    case 'html':
      return inHtml(text);
    case 'jsx':
      return inTags(mask(mask(text, between(text, '/*', '*/', false)), lineComments(text)));
    case 'markdown': {
      const shown = maskMarkdownCode(mask(text, between(text, '<!--', '-->')));
      return [...inMarkdown(shown), ...inTags(shown)].sort((a, b) => a.start - b.start);
    }
  }
}

function* lineComments(text: string): Generator<[number, number]> {
  for (const found of text.matchAll(/^[ \t]*\/\/.*/gm))
    yield [found.index, found.index + found[0].length];
}

function inHtml(text: string): ImageLink[] {
  const commented = mask(text, between(text, '<!--', '-->'));
  const page = mask(commented, between(commented, '<script', '</script'));
  const styles = [...between(page, '<style', '</style')];
  const inStyles = styles.flatMap(([start, end]) =>
    inCss(page.slice(start, end)).map(link => ({
      ...link,
      start: link.start + start,
      end: link.end + start,
    })),
  );
  return [...inTags(mask(page, styles)), ...inStyles].sort((a, b) => a.start - b.start);
}

function inTags(text: string): ImageLink[] {
  return [...imageTags(text)].flatMap(attributes => {
    const source = attributes.get('src');
    if (!source || source.code) return [];
    const alt = attributes.get('alt');
    const [width, height] = [pixels(attributes.get('width')), pixels(attributes.get('height'))];
    return link(
      source.start,
      source.end,
      unescapeEntities(source.value),
      alt && !alt.code ? unescapeEntities(alt.value) : '',
      width && height ? { width, height } : undefined,
    );
  });
}

/** `800`, `800px`, or `{800}` in JSX; a percentage or a variable is ignored. */
function pixels(attribute: Attribute | undefined): number | undefined {
  const digits = /^\s*(\d{1,5})(?:px)?\s*$/.exec(attribute?.value ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function inCss(text: string): ImageLink[] {
  const sheet = mask(text, between(text, '/*', '*/', false));
  return [
    ...sheet.matchAll(/\burl\([ \t]{0,99}(["']?)([^"'()\s][^"'()\n]{0,1999})\1[ \t]{0,9}\)/gi),
  ].flatMap(found => {
    const address = (found[2] ?? '').trimEnd();
    const start =
      found.index +
      found[0].indexOf('(') +
      1 +
      found[0].slice(found[0].indexOf('(') + 1).indexOf(address);
    return link(start, start + address.length, address, '');
  });
}

/** `![alt](address "title")`; brackets are matched in one pass (CommonMark, "look for link or image"). */
function inMarkdown(text: string): ImageLink[] {
  const links: ImageLink[] = [];
  const opened: { image: boolean; at: number }[] = [];
  const token = /\\.|!?\[|\]|\n[ \t]*\n/gs;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [mark] = found;
    if (mark === '[' || mark === '![')
      opened.push({ image: mark.startsWith('!'), at: found.index + mark.length });
    if (mark.startsWith('\n')) opened.length = 0; // brackets do not match across paragraphs
    const opener = mark === ']' ? opened.pop() : undefined;
    if (opener?.image) {
      const target = targetAt(text, found.index + 1);
      if (target)
        links.push(
          ...link(
            target.start,
            target.start + target.address.length,
            unescapeMarkdown(target.address),
            unescapeMarkdown(text.slice(opener.at, found.index)),
          ),
        );
    }
  }
  return links;
}

/** The address of a link whose bracket opens here. */
function targetAt(text: string, at: number): { start: number; address: string } | undefined {
  const target =
    /\(\s{0,99}(?:<([^<>\n]{0,2000})>|((?:[^\s()\\<]|\\.|\([^\s()]{0,999}\)){1,2000}))(?=\s*\)|\s+["'(])/sy;
  target.lastIndex = at;
  const found = target.exec(text);
  const address = found?.[1] ?? found?.[2];
  return found && address !== undefined
    ? { start: found.index + found[0].lastIndexOf(address), address }
    : undefined;
}

function unescapeMarkdown(text: string): string {
  const shown = text.replace(
    /\\([!-/:-@[-`{-~])|&[#\w]{2,9};/g,
    (whole, escaped: string | undefined) => escaped ?? unescapeEntities(whole),
  );
  return shown.replace(/\s+/g, ' ');
}

function link(
  start: number,
  end: number,
  address: string,
  alt: string,
  size?: ImageLink['size'],
): ImageLink[] {
  const path = localPath(address.trim());
  return path === undefined ? [] : [{ start, end, path, alt: alt.trim(), ...(size && { size }) }];
}
