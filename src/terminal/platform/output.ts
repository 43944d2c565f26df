/**
 * What could drive a terminal, or make it show another text than there is: control characters (C0 without the line end,
 * C1), and those that turn the direction of text or begin a new line (Unicode Standard Annex #9, 2; UAX #14, BK).
 */
const harmful =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text from the service, a file name or a prompt, made harmless. Its line ends stay. */
export function stripControls(text: string): string {
  return text.replace(harmful, ' ');
}

/** The same in one line, for text that could pass itself off as another line of ours. */
export function oneLine(text: string): string {
  return stripControls(text).replace(/\s+/g, ' ').trim();
}

/** What the command was called for: paths, statistics, an id. */
export function log(text: string): void {
  process.stdout.write(`${stripControls(text)}\n`);
}

/** An object as one line of JSON. Nothing is lost: what is harmful is escaped. */
export function logJson(value: object): void {
  log(
    JSON.stringify(value).replace(
      harmful,
      character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
}

/** Everything that is said along the way. */
export function logError(text: string): void {
  process.stderr.write(`${stripControls(text)}\n`);
}
