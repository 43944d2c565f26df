import sax, { type QualifiedTag } from 'sax';

/** IPTC's names of how a picture came about (cv.iptc.org/newscodes/digitalsourcetype). */
export type DigitalSource = 'trainedAlgorithmicMedia' | 'algorithmicMedia';

const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const iptc = 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/';
const property = 'DigitalSourceType';

/** An XMP packet that names the source of a picture. */
export function newXmp(source: DigitalSource): string {
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="${rdf}">${description(source, '')}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
}

/**
 * The packet with a description more, which names the source; every other byte stays. So does the whole where it names
 * a source already, or cannot be understood.
 */
export function withDigitalSource(xmp: string, source: DigitalSource): string {
  const place = findPlace(xmp);
  return place
    ? `${xmp.slice(0, place.at)}${description(source, place.about)}${xmp.slice(place.at)}`
    : xmp;
}

/** It binds the prefixes itself: the packet may have others for the same names. */
function description(source: DigitalSource, about: string): string {
  return `<rdf:Description xmlns:rdf="${rdf}" rdf:about="${escape(about)}" xmlns:Iptc4xmpExt="${iptc}" Iptc4xmpExt:${property}="http://cv.iptc.org/newscodes/digitalsourcetype/${source}"/>`;
}

/** Where a description may be added, and what the others are about: all of a packet are about the same. */
function findPlace(xmp: string): { at: number; about: string } | undefined {
  const reader = sax.parser(true, { xmlns: true, position: true });
  const open: QualifiedTag[] = [];
  let about: string | undefined;
  let at: number | undefined;
  let named = false as boolean; // the reader sets it
  reader.onopentag = node => {
    const tag = node as QualifiedTag; // so it is where namespaces are resolved
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
