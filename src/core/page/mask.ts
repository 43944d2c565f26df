/** A range of a text; the end is exclusive. */
export type Span = readonly [start: number, end: number];

/** The text with these spans, in order, replaced by spaces: offsets and lines stay the same. */
export function mask(text: string, spans: Iterable<Span>): string {
  let masked = '';
  let at = 0;
  for (const [start, end] of spans) {
    masked += text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, ' ');
    at = end;
  }
  return masked + text.slice(at);
}

/**
 * Every span from an opening to the next closing; both in lower case, matched in any.
 * @param open an unclosed one extends to the end
 */
export function* between(
  text: string,
  opening: string,
  closing: string,
  open = true,
): Generator<Span> {
  const lower = text.toLowerCase();
  for (let start = lower.indexOf(opening); start >= 0;) {
    const close = lower.indexOf(closing, start + opening.length);
    if (close < 0 && !open) return;
    const end = close < 0 ? text.length : close + closing.length;
    yield [start, end];
    start = lower.indexOf(opening, end);
  }
}

/** Fenced blocks and code between backticks (CommonMark 4.5 and 6.1): a link in them is an example. */
export function maskMarkdownCode(text: string): string {
  const fenced = mask(text, fences(text));
  return mask(fenced, spansOfTicks(fenced));
}

function* fences(text: string): Generator<Span> {
  let opened: { fence: string; start: number } | undefined;
  for (const line of text.matchAll(/^.*$/gm)) {
    const fence = /^[ >\t]{0,12}(`{3,}|~{3,})/.exec(line[0])?.[1];
    if (!fence) continue;
    if (!opened) {
      opened = { fence, start: line.index };
    } else if (fence.startsWith(opened.fence)) {
      yield [opened.start, line.index + line[0].length];
      opened = undefined;
    }
  }
  if (opened) yield [opened.start, text.length];
}

/** A run of backticks is closed by the next one of the same length in the paragraph. */
function* spansOfTicks(text: string): Generator<Span> {
  const runs = [...text.matchAll(/\\.|`+|\n[ \t]*\n/g)];
  const next = new Map<number, number>();
  const closings = new Array<number | undefined>(runs.length);
  for (let at = runs.length - 1; at >= 0; at--) {
    const [run] = runs[at] ?? [''];
    if (run.startsWith('\n')) {
      next.clear();
    } else if (run.startsWith('`')) {
      closings[at] = next.get(run.length);
      next.set(run.length, at);
    }
  }
  for (let at = 0; at < runs.length; at++) {
    const closing = closings[at];
    const [first, last] = [runs[at], closing === undefined ? undefined : runs[closing]];
    if (!first || !last || closing === undefined) continue;
    yield [first.index, last.index + last[0].length];
    at = closing;
  }
}
