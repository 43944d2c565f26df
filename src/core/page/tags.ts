/** An attribute's value and its span, without quotes; `code`: it was in braces. */
export interface Attribute {
  value: string;
  start: number;
  end: number;
  code: boolean;
}

/** Longer than any tag written by hand; longer ones are not read to the end. In characters. */
const MAX_TAG_CHARS = 8_192;

/** Every `<img>` of a text with its attributes, by lower-case names. Values in braces may contain braces and `>`. */
export function* imageTags(text: string): Generator<Map<string, Attribute>> {
  const opening = /<img(?=[\s/])/gi;
  for (let found = opening.exec(text); found; found = opening.exec(text)) {
    const reader = new TagReader(text.slice(found.index, found.index + MAX_TAG_CHARS), found.index);
    const attributes = reader.read();
    if (attributes) yield attributes;
    opening.lastIndex = found.index + reader.at;
  }
}

class TagReader {
  /** How far the text was read. */
  at = '<img'.length;
  readonly #text: string;
  readonly #offset: number;

  constructor(text: string, offset: number) {
    this.#text = text;
    this.#offset = offset;
  }

  /** Undefined if the tag is not closed. */
  read(): Map<string, Attribute> | undefined {
    const attributes = new Map<string, Attribute>();
    for (;;) {
      this.#take(/[\s/]*/y);
      if (this.#text[this.at] === '>') return attributes;
      const name = this.#take(/[^\s=>"'/{}]+/y);
      if (name === '' && this.#braces() === undefined) return undefined;
      if (name === '' || this.#take(/\s*=\s*/y) === '') continue;
      const value = this.#value();
      if (!value) return undefined;
      if (!attributes.has(name.toLowerCase())) attributes.set(name.toLowerCase(), value);
    }
  }

  #value(): Attribute | undefined {
    const first = this.#text[this.at];
    if (first === '{') return this.#braces();
    if (first !== '"' && first !== "'") {
      const start = this.at;
      return this.#take(/[^\s>]+/y) === '' ? undefined : this.#attribute(start, this.at);
    }
    const start = this.at + 1;
    const end = this.#text.indexOf(first, start);
    this.at = end < 0 ? this.#text.length : end + 1;
    return end < 0 ? undefined : this.#attribute(start, end);
  }

  #braces(): Attribute | undefined {
    if (this.#text[this.at] !== '{') return undefined;
    const start = this.at + 1;
    for (let depth = 0; this.at < this.#text.length;) {
      const character = this.#text[this.at++];
      if (character === '{') depth++;
      if (character === '}' && --depth === 0)
        return { ...this.#attribute(start, this.at - 1), code: true };
    }
    return undefined;
  }

  #attribute(start: number, end: number): Attribute {
    return {
      value: this.#text.slice(start, end),
      start: this.#offset + start,
      end: this.#offset + end,
      code: false,
    };
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const [taken = ''] = pattern.exec(this.#text) ?? [];
    this.at += taken.length;
    return taken;
  }
}
