import {
  chunksOf,
  join,
  pngSignature,
  settingsKeyword,
  textChunk,
  xmpKeyword,
  type PlacedChunk,
  type Read,
} from './png-chunks.ts';
import { keywordOf, MAX_TEXT_BYTES, readText } from './png-text.ts';
import type { PictureSettings } from './settings.ts';
import { newXmp, withDigitalSource, type DigitalSource } from './xmp.ts';

/** Signature and IHDR. In bytes. */
const header = pngSignature.length + 12 + 13;

/**
 * The same PNG with its settings and the mark of a picture that no camera took. Image data and all other chunks stay byte
 * for byte. Both stand right behind the header, where a reader finds them without reading on.
 */
export async function embed(png: Uint8Array, settings: PictureSettings): Promise<Uint8Array> {
  const text = Buffer.from(JSON.stringify(settings));
  const { xmp, instead } = await markedXmp(
    (at, length) => png.subarray(at, at + length),
    sourceOf(settings),
  );
  const [from, to] = instead ? [instead.at - 8, instead.at + instead.length + 4] : [header, header];
  return join([
    png.subarray(0, header),
    ...(text.length > MAX_TEXT_BYTES ? [] : textChunk(settingsKeyword, text)), // what would not be read is not written
    ...xmp,
    png.subarray(header, from),
    png.subarray(to),
  ]);
}

/** The demo service draws by rules that nobody trained: IPTC has a name for that too. */
function sourceOf({ service }: PictureSettings): DigitalSource {
  return service.demo ? 'algorithmicMedia' : 'trainedAlgorithmicMedia';
}

/** A chunk of XMP with the mark, and the one that it stands for. Nothing where the one that is there has to stay as it is. */
async function markedXmp(
  read: Read,
  source: DigitalSource,
): Promise<{ xmp: Uint8Array[]; instead?: PlacedChunk }> {
  for await (const chunk of chunksOf(read)) {
    if ((await keywordOf(chunk, read)) !== xmpKeyword) continue;
    const text = await readText(chunk, read);
    const marked = text && withDigitalSource(text, source);
    return marked === undefined || marked === text
      ? { xmp: [] }
      : { xmp: textChunk(xmpKeyword, Buffer.from(marked)), instead: chunk };
  }
  return { xmp: textChunk(xmpKeyword, Buffer.from(newXmp(source))) };
}
