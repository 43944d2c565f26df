import sax, { type QualifiedTag } from 'sax';
import { join, readerIn, type Read } from './bytes.ts';
import {
  MAX_TEXT_BYTES,
  PNG_SIGNATURE,
  readText,
  SETTINGS_KEYWORD,
  textChunk,
  textChunksOf,
  XMP_KEYWORD,
  type Chunk,
} from './png.ts';
import type { PictureSettings } from './settings.ts';

/** Signature and IHDR. */
const HEADER_BYTES = PNG_SIGNATURE.length + 12 + 13;

/**
 * The same PNG with its settings and the mark of AI-generated pictures. Image data and all other chunks stay byte for
 * byte the same. Both are placed right after the header, where a reader finds them early.
 */
export async function embed(png: Uint8Array, settings: PictureSettings): Promise<Uint8Array> {
  const text = Buffer.from(JSON.stringify(settings));
  const { xmp, instead } = await markedXmp(readerIn(png), sourceOf(settings));
  const [from, to] = instead
    ? [instead.at - 8, instead.at + instead.length + 4]
    : [HEADER_BYTES, HEADER_BYTES];
  return join([
    png.subarray(0, HEADER_BYTES),
    ...(text.length > MAX_TEXT_BYTES ? [] : textChunk(SETTINGS_KEYWORD, text)), // nothing is written that could not be read back
    ...xmp,
    png.subarray(HEADER_BYTES, from),
    png.subarray(to),
  ]);
}

/** The demo service draws algorithmically; IPTC has a term for that too. */
function sourceOf({ service }: PictureSettings): DigitalSource {
  return service.demo ? 'algorithmicMedia' : 'trainedAlgorithmicMedia';
}

/** An XMP chunk with the mark, and the chunk that it replaces. Nothing if the existing chunk has to stay as it is. */
async function markedXmp(
  read: Read,
  source: DigitalSource,
): Promise<{ xmp: Uint8Array[]; instead?: Chunk }> {
  for await (const { keyword, chunk } of textChunksOf(read)) {
    if (keyword !== XMP_KEYWORD) continue;
    const text = await readText(chunk, read);
    const marked = text && withDigitalSource(text, source);
    return marked === undefined || marked === text
      ? { xmp: [] }
      : { xmp: textChunk(XMP_KEYWORD, Buffer.from(marked)), instead: chunk };
  }
  return { xmp: textChunk(XMP_KEYWORD, Buffer.from(newXmp(source))) };
}

/** IPTC's terms for how a picture was created (cv.iptc.org/newscodes/digitalsourcetype). */
type DigitalSource = 'trainedAlgorithmicMedia' | 'algorithmicMedia';

const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const iptc = 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/';
const property = 'DigitalSourceType';

/** An XMP packet that names a picture's source. */
function newXmp(source: DigitalSource): string {
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="${rdf}">${description(source, '')}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
}

/**
 * The packet with an additional description that names the source; every other byte is kept. Unchanged if it already
 * names a source or cannot be parsed.
 */
function withDigitalSource(xmp: string, source: DigitalSource): string {
  const end = findEnd(xmp);
  return end ? `${xmp.slice(0, end.at)}${description(source, end.about)}${xmp.slice(end.at)}` : xmp;
}

/** It declares the prefixes itself: the packet may bind the same names to others. */
function description(source: DigitalSource, about: string): string {
  return `<rdf:Description xmlns:rdf="${rdf}" rdf:about="${escape(about)}" xmlns:Iptc4xmpExt="${iptc}" Iptc4xmpExt:${property}="http://cv.iptc.org/newscodes/digitalsourcetype/${source}"/>`;
}

/** Where a description can be inserted, and the subject of the existing ones: all of a packet have the same. */
function findEnd(xmp: string): { at: number; about: string } | undefined {
  const reader = sax.parser(true, { xmlns: true, position: true });
  const open: QualifiedTag[] = [];
  let about: string | undefined;
  let at: number | undefined;
  let named = false as boolean; // the reader sets it
  reader.onopentag = node => {
    const tag = node as QualifiedTag; // this is where namespaces are resolved
    const attributes = Object.values(tag.attributes);
    named ||= [tag, ...attributes].some(({ uri, local }) => uri === iptc && local === property);
    if (tag.uri === rdf && tag.local === 'Description')
      about ??= attributes.find(({ uri, local }) => uri === rdf && local === 'about')?.value;
    open.push(tag);
  };
  reader.onclosetag = () => {
    const tag = open.pop();
    // Its end tag begins at the bracket that the reader has just passed; an empty element has none.
    if (tag?.uri === rdf && tag.local === 'RDF' && !tag.isSelfClosing)
      at = reader.startTagPosition - 1;
  };
  try {
    reader.write(xmp).close();
  } catch {
    return undefined;
  }
  return named || at === undefined ? undefined : { at, about: about ?? '' };
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
