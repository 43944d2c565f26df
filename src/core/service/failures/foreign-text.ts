import { maskSessions } from '../../session/session.ts';

/** So much of a text from outside is looked at, and so much of it is shown. In characters. */
const MAX_READ_CHARS = 16_384;
const MAX_SHOWN_CHARS = 300;

/**
 * A text from outside (an answer, a page, a header, an error of a library) as one harmless line of at most 300
 * characters. The only way in which such a text may get into a failure or a log: session IDs are masked while it is whole,
 * and then it is cut. Cut first, an ID at the edge would be too short to be recognised.
 */
export function foreignLine(text: string): string {
  const whole = text.trimStart();
  const read = whole.slice(0, MAX_READ_CHARS);
  // An ID contains no white space: the last word of what is read may be part of one.
  const words = whole.length > MAX_READ_CHARS ? read.replace(/\S*$/, '') : read;
  const line = foreignText(words === '' ? read : words)
    .replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim();
  // A single word may end in part of an ID: it is shown only if its end is far behind what is shown.
  if (words === '' && read !== '' && line.length < 2 * MAX_SHOWN_CHARS) return '…';
  return line.length > MAX_SHOWN_CHARS
    ? `${line.slice(0, MAX_SHOWN_CHARS - 1).toWellFormed()}…`
    : line;
}

/** The same for a text that is kept as it is, such as a prompt: session IDs are masked, and it is well-formed. */
export function foreignText(text: string): string {
  return maskSessions(text).toWellFormed();
}
