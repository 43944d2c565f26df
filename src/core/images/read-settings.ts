import { nameOf } from '../inputs/address.ts';
import { opened, type OpenInput } from '../inputs/content.ts';
import { JimengError } from '../service/failures/failures.ts';
import { chunksOf, readerOf, settingsKeyword, type Read } from './png-chunks.ts';
import { keywordOf, readText } from './png-text.ts';
import { PictureSettings } from './settings.ts';

/** Chunks of our keyword that are tried: there is one, unless somebody made up more. */
const MAX_TRIES = 4;

/**
 * How a picture was made, by what stands in it. Reads no more than the heads of its chunks and a text or two of limited
 * size; never the image data. Undefined where nothing of ours stands there.
 */
export async function readSettings(read: Read): Promise<PictureSettings | undefined> {
  let tries = 0;
  for await (const chunk of chunksOf(read)) {
    if ((await keywordOf(chunk, read)) !== settingsKeyword) continue;
    const settings = parse(await readText(chunk, read));
    if (settings) return settings;
    if (++tries === MAX_TRIES) return undefined;
  }
  return undefined;
}

function parse(text: string | undefined): PictureSettings | undefined {
  try {
    return PictureSettings.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

/** The same of a file that the person named. Throws JimengError (`inputMissing`, `noSettings`). */
export async function settingsIn(uri: string, open: OpenInput): Promise<PictureSettings> {
  const detail = nameOf(uri);
  const file = await opened(uri, open);
  const settings = await readSettings(readerOf(file)).catch((cause: unknown) => {
    throw new JimengError({ kind: 'inputMissing', detail }, { cause }); // it went away, or changed, while it was read
  });
  if (!settings) throw new JimengError({ kind: 'noSettings', detail });
  return settings;
}
