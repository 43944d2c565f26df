export const mask = '••••';

/** This many characters of a secret in a row give it away; shorter runs occur by chance. */
const RUN_CHARS = 8;
/** As many characters of Base64 as any 8 bytes fill, wherever in a group of three they begin. */
const BASE64_RUN_CHARS = 10;

/** One character, plain or escaped: percent-encoded, possibly more than once (`%2530`), or as in JSON (`\u0030`). */
const character = /%(?:25)*([0-9a-f]{2})|\\u00([0-9a-f]{2})|[^]/gi;

/** A text by its plain characters, and the position in the text at which each prefix of them ends. */
interface Plain {
  characters: string;
  endOf: (count: number) => number;
}

/**
 * Recognises a secret in a text, and any part of it with 8 characters: plain, in Base64, or with some characters escaped,
 * so that a truncated one is found too. Hexadecimal digits, of which the site's session IDs consist, are matched in
 * either case.
 */
export class Secret {
  readonly text: string;
  readonly #isHex: boolean;
  readonly #runs: readonly { length: number; known: ReadonlySet<string>; folds: boolean }[];

  /** @param run how many characters in a row give it away */
  constructor(text: string, run = RUN_CHARS) {
    this.text = text;
    this.#isHex = /^[0-9a-f]+$/i.test(text);
    const spellings = [...new Set([text, plain(text).characters, decoded(text)])];
    const base64 = spellings.flatMap(base64Spellings);
    this.#runs = [
      ...spellings.map(spelling => {
        const length = Math.min(run, spelling.length);
        return { length, known: new Set(runsOf(this.#folded(spelling), length)), folds: true };
      }),
      {
        length: BASE64_RUN_CHARS,
        known: new Set(base64.flatMap(spelling => runsOf(spelling, BASE64_RUN_CHARS))),
        folds: false,
      },
    ];
  }

  /** The text with a mask in place of each part that is recognised. */
  mask(text: string): string {
    const once = this.#maskIn(text, plain(text));
    return this.text.includes('%') ? this.#maskIn(once, asItIs(once)) : once;
  }

  #maskIn(text: string, { characters, endOf }: Plain): string {
    const folded = this.#folded(characters);
    let masked = '';
    let kept = 0;
    let until = -1;
    for (let begin = 0; begin < characters.length; begin++) {
      const found = this.#runs.find(({ length, known, folds }) =>
        known.has((folds ? folded : characters).slice(begin, begin + length)),
      );
      if (!found) continue;
      if (begin > until) {
        if (until >= 0) kept = endOf(until);
        masked += `${text.slice(kept, endOf(begin))}${mask}`;
      }
      until = Math.max(until, begin + found.length);
    }
    return until < 0 ? text : masked + text.slice(endOf(until));
  }

  /** As long as the text: only possible digits are changed. */
  #folded(text: string): string {
    return this.#isHex ? text.replace(/[A-F]+/g, digits => digits.toLowerCase()) : text;
  }
}

function asItIs(text: string): Plain {
  return { characters: text, endOf: count => count };
}

function plain(text: string): Plain {
  if (!/%|\\u/.test(text)) return asItIs(text); // long lists of prompts go through here
  const characters: string[] = [];
  const ends = [0];
  for (const [spelled, percent, json] of text.matchAll(character)) {
    const code = percent ?? json;
    characters.push(code === undefined ? spelled : String.fromCharCode(parseInt(code, 16)));
    ends.push((ends.at(-1) ?? 0) + spelled.length);
  }
  return { characters: characters.join(''), endOf: count => ends[count] ?? text.length };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * How a text appears inside the Base64 of a longer one, without the characters shared with its neighbours; in both
 * alphabets.
 */
function base64Spellings(text: string): string[] {
  return [0, 1, 2].flatMap(before => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    const spelling = bytes
      .toString('base64')
      .slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
    return [spelling, spelling.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function runsOf(text: string, length: number): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, begin) =>
    text.slice(begin, begin + length),
  );
}
