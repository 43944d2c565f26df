/**
 * Characters that could control a terminal or falsify its text: control characters (C0 except the newline, C1), and those
 * that change the text direction or start a new line (Unicode Standard Annex #9, 2; UAX #14, BK).
 */
const harmful =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text from the service, a file name or a prompt, made safe. Keeps newlines. */
export function stripControls(text: string): string {
  return text.replace(harmful, ' ');
}

/** The same in one line, for text that could pose as another line of ours. */
export function oneLine(text: string): string {
  return stripControls(text).replace(/\s+/g, ' ').trim();
}

/** The command's actual output: paths, statistics, an id. */
export function log(text: string): void {
  process.stdout.write(`${stripControls(text)}\n`);
}

/** An object as one line of JSON. Nothing is lost: unsafe characters are escaped. */
export function logJson(value: object): void {
  log(
    JSON.stringify(value).replace(
      harmful,
      character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
}

/** Everything else that a command reports. */
export function logError(text: string): void {
  process.stderr.write(`${stripControls(text)}\n`);
}
