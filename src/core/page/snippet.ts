import { escapeAttribute } from './entities.ts';
import type { PageKind } from './kinds.ts';
import { addressOf } from './paths.ts';

/** What is inserted into a page. */
export interface PagePicture {
  /** Relative to the page, with slashes, not encoded. */
  path: string;
  alt: string;
  /** In pixels, if it is known. */
  size?: { width: number; height: number };
  video: boolean;
  /** The same picture at other widths in pixels, smallest first, for a responsive page; with relative paths. */
  sources?: readonly { path: string; width: number }[];
}

/** For a language without pictures, just the paths. @param declaration a whole CSS declaration, not only its value */
export function snippetFor(
  kind: PageKind | undefined,
  pictures: readonly PagePicture[],
  declaration = false,
): string {
  if (kind === 'css') {
    const value = pictures
      .filter(({ video }) => !video)
      .map(cssImage)
      .join(', ');
    return declaration && value !== '' ? `background-image: ${value};` : value;
  }
  return pictures
    .map((picture, index) => (kind ? inPage(kind, picture, index + 1) : literal(picture.path)))
    .join('\n');
}

function inPage(
  kind: 'markdown' | 'html' | 'jsx',
  { path, alt, size, video, sources }: PagePicture,
  stop: number,
): string {
  const jsx = kind === 'jsx';
  const attribute = (name: string, value: string) => ` ${name}="${literal(value)}"`;
  const number = (name: string, value: number) =>
    jsx ? ` ${name}={${value}\\}` : ` ${name}="${value}"`;
  const measures = size ? number('width', size.width) + number('height', size.height) : '';
  const end = jsx ? ' />' : '>';
  if (kind === 'markdown' && !sources)
    return `${video ? '' : '!'}[${tabStop(stop, escapeMarkdown(alt))}](${literal(addressOf(path))})`;
  if (video)
    return `<video${attribute('src', addressOf(path))} controls${measures}${jsx ? ' />' : '></video>'}`;
  const widest = sources?.at(-1)?.width;
  const choice =
    sources && widest !== undefined
      ? attribute(
          jsx ? 'srcSet' : 'srcset',
          sources.map(source => `${addressOf(source.path)} ${source.width}w`).join(', '),
        ) + attribute('sizes', `(max-width: ${widest}px) 100vw, ${widest}px`)
      : '';
  return `<img${attribute('src', addressOf(path))}${choice} alt="${tabStop(stop, escapeAttribute(oneLine(alt)))}"${measures}${end}`;
}

/** Style sheets choose by screen density, not by picture width. */
function cssImage({ path, sources = [] }: PagePicture): string {
  const [smallest] = sources;
  if (!smallest || sources.length === 1) return literal(`url("${addressOf(path)}")`);
  const density = (width: number) => Math.round((width / smallest.width) * 100) / 100;
  return literal(
    `image-set(${sources.map(source => `url("${addressOf(source.path)}") ${density(source.width)}x`).join(', ')})`,
  );
}

/** Escapes what Markdown, also with math and HTML, would interpret. */
function escapeMarkdown(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>&~$|]/g, '\\$&');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Text inside a snippet (VS Code, Snippet grammar). */
function literal(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

function tabStop(number: number, text: string): string {
  return text === '' ? `$${number}` : `\${${number}:${literal(text)}}`;
}
